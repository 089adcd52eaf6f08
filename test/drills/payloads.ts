// The real GitHub payloads that a drill gives, and an independent count of the invoices they must make.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import * as z from "zod";

// The package is one JSON file whose type declarations describe a module with a default export.
const definitions = z
  .array(z.object({ name: z.string(), examples: z.array(z.looseObject({})) }))
  .parse(createRequire(import.meta.url)("@octokit/webhooks-examples"));

export interface Delivery {
  /** `x-github-delivery`: the identity. */
  readonly id: string;
  /** `x-github-event`. */
  readonly event: string;
  /** The repository: order matters within it. Null = none. */
  readonly key: string | null;
  readonly body: string;
  /** True when an invoice must reach the partner: the payload has a repository and is no ping. */
  readonly billed: boolean;
}

/** All payloads in the order of the package, each with a delivery id that depends on the seed alone. */
export function deliveries(seed: number): readonly Delivery[] {
  const payloads = definitions.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));
  return payloads.map(({ name, payload }, index) => {
    const key = repositoryOf(payload);
    return {
      id: uuid(`${seed}/${index}`),
      event: name,
      key,
      body: JSON.stringify(payload),
      billed: key !== null && name !== "ping",
    };
  });
}

function repositoryOf(payload: object): string | null {
  const repository: unknown = "repository" in payload ? payload.repository : null;
  if (typeof repository !== "object" || repository === null || !("full_name" in repository)) return null;
  return typeof repository.full_name === "string" ? repository.full_name : null;
}

function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
