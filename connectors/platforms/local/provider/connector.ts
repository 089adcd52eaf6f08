// `Connector`: a definition's bundle in a running region, added, changed and removed without a restart.
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import * as z from "zod";
import { call, connectorOf, countsOf } from "./admin.ts";
import type { Kind } from "./resource.ts";

const Inputs = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and '-' only"),
  region: z.string(),
  adminUrl: z.string(),
  tokenFile: z.string(),
  /** Of the region's process: another one is told again. */
  processId: z.string(),
  /** Of the bundle, SHA-256. */
  digest: z.string(),
  /** One ESM file, gzip, base64. */
  bundle: z.string(),
  /** The user's own part of it, for people. */
  source: z.string(),
  settings: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.array(z.string()).min(1)),
  paused: z.boolean(),
});
export type ConnectorInputs = z.infer<typeof Inputs>;

/** A region that was started a moment ago may not be ready to take connectors. */
const PATIENCE_MS = 15_000;

/** @param discarded tells whether entries of a connector may be thrown away with it. */
export const connector = (discarded: (name: string) => boolean): Kind<ConnectorInputs, object> => ({
  inputs: Inputs,
  outputs: z.object({}),
  identity: ["name", "adminUrl"],
  // Both follow from the digest, and the compressed one may differ where nothing else does.
  derived: ["bundle", "source"],

  async create(inputs) {
    await put(inputs);
    return { id: inputs.name, outputs: {} };
  },

  async read(state) {
    const answer = await call(state, "GET", path(state.name));
    // The region is not running: the connector and its entries are still on its disk.
    if (answer === null) return state;
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw refused(state, answer.status, answer.body);
    return { ...state, digest: connectorOf(answer.body).digest };
  },

  async update(inputs) {
    await put(inputs);
    return {};
  },

  async delete(state) {
    const discard = discarded(state.name);
    const answer = await call(state, "DELETE", `${path(state.name)}${discard ? "?discard=true" : ""}`);
    if (answer === null && discard) return;
    if (answer === null) throw new Error(silent(state));
    if (answer.status === 409) throw new Error(pending(state, answer.body));
    if (answer.status !== 404 && answer.status >= 300) throw refused(state, answer.status, answer.body);
  },
});

async function put(inputs: ConnectorInputs): Promise<void> {
  const { digest, settings, secrets, paused } = inputs;
  const bundle = gunzipSync(Buffer.from(inputs.bundle, "base64")).toString("utf8");
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await call(inputs, "PUT", path(inputs.name), { bundle, digest, settings, secrets, paused });
    if (answer !== null && answer.status < 300) return;
    const mayBeReadySoon = answer === null || answer.status === 503;
    if (!mayBeReadySoon || performance.now() > end)
      throw answer === null ? new Error(silent(inputs)) : refused(inputs, answer.status, answer.body);
    await delay(200);
  }
}

const path = (name: string): string => `/admin/connectors/${name}`;

const refused = ({ name, region }: ConnectorInputs, status: number, body: unknown): Error =>
  new Error(
    `region ${region} answered ${status} for connector ${name}: ${typeof body === "string" ? body : JSON.stringify(body)}`,
  );

const waysOut = (name: string): string =>
  `to empty it: isthmus drain ${name}; to throw its entries away: pulumi destroy or up with --config isthmus:discard=${name}`;

const silent = ({ name, region, adminUrl }: ConnectorInputs): string =>
  `region ${region} does not answer at ${adminUrl}, so it is not known what connector ${name} still holds: start it with pulumi up --refresh. ${waysOut(name)}`;

function pending({ name, region }: ConnectorInputs, body: unknown): string {
  const counts = Object.entries(countsOf(body)).filter(([, count]) => typeof count === "number" && count > 0);
  const held = counts.map(([state, count]) => `${count} ${state}`).join(", ") || "entries";
  return `connector ${name} in region ${region} still holds ${held}, so it is not removed; ${waysOut(name)}`;
}
