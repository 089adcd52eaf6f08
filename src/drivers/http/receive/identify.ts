/** Who a message is, whose, and which number it has: read from its headers or body, or told by the definition. */
import type { Message } from "../../../define/model.ts";
import { identifierText, nameOf, pointerReader } from "../../../define/place.ts";
import type { IngressFunctions, Place, Sequence } from "../../../define/spec.ts";
import { headerReader } from "../headers.ts";
import type { Item } from "./cloudevents.ts";
import { type Arrival, bodyValue } from "./message.ts";

/** Identities stand in every record about the message. */
const longestId = 1_024;
/** Tenants stand in urls and names of secrets. */
const tenantPattern = /^[\w.-]{1,253}$/;

export type Identified =
  | {
      readonly kind: "identified";
      readonly id: string;
      readonly tenant: string | null;
      readonly sequence: Sequence | null;
    }
  /** Names the field. */
  | { readonly kind: "refused"; readonly reason: string };

export type Identify = (arrival: Arrival, item: Item) => Identified;

export interface IdentityRules {
  /** null: the definition's `id` function tells. */
  readonly id: Place | null;
  readonly tenant: Place | null;
  /** Whether a message that does not fit its schema is refused. */
  readonly rejects: boolean;
  /** What is said of an error of the definition's code. */
  readonly told: (error: unknown) => string;
}

const refused = (reason: string): Identified => ({ kind: "refused", reason });

export const identifier = (rules: IdentityRules, functions: IngressFunctions): Identify => {
  const { id: idPlace, tenant: tenantPlace, rejects, told } = rules;
  const readId = idPlace === null ? null : placeReader(idPlace);
  const readTenant = tenantPlace === null ? null : placeReader(tenantPlace);
  const parses = functions.id !== null || functions.sequence !== null || rejects;
  return (arrival, item) => {
    const lazy = new LazyBody(arrival, item);
    const tenant = readTenant === null ? null : identifierText(readTenant(lazy));
    if (tenantPlace !== null && (tenant === null || !tenantPattern.test(tenant))) {
      return refused(`no tenant at ${nameOf(tenantPlace)}`);
    }
    const valid = parses ? validMessage(functions, lazy.message(tenant), told) : null;
    if (typeof valid === "string" && rejects) return refused(valid);
    const id = readId === null || idPlace === null ? idByFunction(functions, valid, told) : idAt(idPlace, readId(lazy));
    if (typeof id !== "string") return id;
    if (id.length > longestId) return refused(`the identity is longer than ${longestId} characters`);
    const sequence = valid === null || typeof valid === "string" ? null : sequenceOf(functions, valid);
    return { kind: "identified", id, tenant, sequence };
  };
};

const idAt = (place: Place, value: unknown): string | Identified =>
  identifierText(value) ?? refused(`no identity at ${nameOf(place)}`);

/** The message with its body as its schema makes it; a text that says why it is not valid. */
const validMessage = (
  { parse }: IngressFunctions,
  message: Message<unknown>,
  told: IdentityRules["told"],
): Message<unknown> | string => {
  try {
    return { ...message, body: parse(message.body) };
  } catch (error) {
    return told(error);
  }
};

const idByFunction = (
  { id }: IngressFunctions,
  message: Message<unknown> | string | null,
  told: IdentityRules["told"],
): string | Identified => {
  if (id === null || message === null) return refused("the connector names no identity");
  if (typeof message === "string") return refused(`id: ${message}`);
  try {
    return identifierText(id(message)) ?? refused("id: the message gives none");
  } catch (error) {
    return refused(`id: ${told(error)}`);
  }
};

/** Where their number cannot be told the message is accepted all the same: the order is then that of acceptance. */
const sequenceOf = ({ sequence }: IngressFunctions, message: Message<unknown>): Sequence | null => {
  try {
    return sequence === null ? null : sequence(message);
  } catch {
    return null;
  }
};

/** Parses the body when somebody asks, once. */
class LazyBody {
  readonly #arrival: Arrival;
  readonly item: Item;
  #value: { readonly value: unknown } | null;

  constructor(arrival: Arrival, item: Item) {
    this.#arrival = arrival;
    this.item = item;
    this.#value = item.parsed ?? null;
  }

  get value(): unknown {
    this.#value ??= { value: bodyValue(this.item.text, this.header("content-type")) };
    return this.#value.value;
  }

  header(name: string): string | undefined {
    return headerReader(this.#arrival.headers)(name);
  }

  message(tenant: string | null): Message<unknown> {
    const { site, receivedAt } = this.#arrival;
    const headers: Record<string, string> = {};
    for (const name of Object.keys(this.#arrival.headers)) {
      const value = this.header(name);
      if (value !== undefined) headers[name] = value;
    }
    return { body: this.value, headers, site, ...(tenant === null ? {} : { tenant }), receivedAt };
  }
}

/** A `ce-...` header is an attribute of the event, wherever the content mode puts it. */
const placeReader = (place: Place): ((body: LazyBody) => unknown) => {
  if (place.in === "body") {
    const read = pointerReader(place.pointer);
    return (body) => read(body.value);
  }
  const readAttribute = place.name.startsWith("ce-") ? pointerReader(`/${place.name.slice(3)}`) : null;
  return (body) => (readAttribute !== null && body.item.event ? readAttribute(body.value) : body.header(place.name));
};
