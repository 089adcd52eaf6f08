/** What is accepted of an item: the same as of a call that brings it, so that both are one message. */
import { hash } from "node:crypto";
import { stringify } from "safe-stable-stringify";
import type { AcceptInput } from "../../../core/ports.ts";
import { reasonOf } from "../../../define/reason.ts";
import type { IngressFunctions, PollSpec, ReceiveSpec, SpecOf } from "../../../define/spec.ts";
import { Unsupported } from "../../unsupported.ts";
import { eventContentType } from "../receive/content-type.ts";
import { type IdentityRules, identifier } from "../receive/identify.ts";
import { type About, messageWriter } from "../receive/message.ts";

/** Where and when items were read, and whether they are CloudEvents. */
export interface Origin {
  readonly site: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly events: boolean;
}

export type InputMaker = (item: unknown, origin: Origin) => AcceptInput;

/**
 * An item that tells no identity is accepted with what is wrong with it, and becomes a fault. Throws only where no text
 * can be made of an item.
 */
export const inputMaker = (spec: SpecOf<"http", PollSpec | ReceiveSpec>, functions: IngressFunctions): InputMaker => {
  const source = `/${spec.partner.name}/${spec.name} `;
  const identify = identifier(rulesOf(spec, functions), functions);
  const write = messageWriter([]);
  return (item, { site, receivedAt, events }) => {
    const arrival = { headers: { "content-type": events ? eventContentType : "application/json" }, site, receivedAt };
    const adapted = adapt(functions, item);
    const { value } = adapted;
    const text = { text: JSON.stringify(value), parsed: { value }, event: events };
    const found = adapted.problem === null ? identify(arrival, text) : refused(adapted.problem);
    const input = (id: string, about: About, sequence: AcceptInput["sequence"]): AcceptInput => ({
      identity: source + id,
      key: null,
      sequence,
      payload: write(text, about),
    });
    return found.kind === "identified"
      ? input(found.id, { ...arrival, tenant: found.tenant }, found.sequence)
      : input(digestOf(item), { ...arrival, tenant: null, problem: `no identity: ${found.reason}` }, null);
  };
};

/** Of what the item holds, so that it is the same one at every reading. */
const digestOf = (item: unknown): string => `sha256-${hash("sha256", stringify(item) ?? "", "hex")}`;

const refused = (reason: string) => ({ kind: "refused", reason }) as const;

const rulesOf = (spec: SpecOf<"http", PollSpec | ReceiveSpec>, functions: IngressFunctions): IdentityRules => {
  const common = { rejects: false, told: reasonOf };
  if (spec.role === "poll") {
    const ofEvent = spec.options.cursor.kind === "http-feed" && functions.id === null;
    return { ...common, id: ofEvent ? { in: "body", pointer: "/id" } : null, tenant: null };
  }
  const { id, tenant } = spec.options;
  for (const [field, place] of Object.entries({ id, tenant })) {
    if (place?.in === "header")
      throw new Unsupported(`via.${field}`, "stands in a header, which an item that is polled does not have");
  }
  return { ...common, id, tenant };
};

interface Adapted {
  readonly value: unknown;
  readonly problem: string | null;
}

/** The body that a call would have brought; the item itself where there is none. */
const adapt = ({ adapt: code }: IngressFunctions, item: unknown): Adapted => {
  if (code === null) return { value: item, problem: null };
  try {
    const value = code(item);
    return JSON.stringify(value) === undefined
      ? { value: item, problem: "adapt: returned nothing that JSON can carry" }
      : { value, problem: null };
  } catch (error) {
    return { value: item, problem: `adapt: ${reasonOf(error)}` };
  }
};
