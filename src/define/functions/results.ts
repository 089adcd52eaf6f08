// What users' functions return, checked: unknown in, validated out.
import * as z from "zod/mini";
import { DefinitionFault, type FaultCode } from "../faults.ts";
import type { BusEvent, HttpRequest, QueueMessage, Verdict } from "../model.ts";
import { issueLines, type Schema, validated } from "../schema/validate.ts";
import type { DraftEvent, Sequence } from "../spec.ts";

const text = z.string().check(z.minLength(1));
const draft = z.strictObject({
  type: text,
  part: z.exactOptional(text),
  subject: z.optional(text),
  time: z.optional(z.iso.datetime({ offset: true })),
  partitionkey: z.optional(text),
  correlationid: z.optional(text),
  data: z.unknown(),
});
const texts = z.record(z.string(), z.string());
const request = z.strictObject({
  method: z.optional(z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"])),
  path: z.optional(z.string()),
  query: z.optional(texts),
  headers: z.optional(texts),
  body: z.optional(z.unknown()),
});
const queueMessage = z.strictObject({ body: z.unknown(), attributes: z.optional(texts) });
const busEvent = z.strictObject({ detailType: z.optional(text), detail: z.unknown() });
const present = z.unknown().check(z.refine((value) => value !== undefined, { error: "is missing" }));
const offer = z.strictObject({ type: z.optional(text), data: present });
const sequence = z.object({ of: text, number: z.int() });
const verdict = z.enum(["delivered", "retry", "wait", "fault", "unknown"]);

/** One event that `translate` or `reply` made; its data as its schema makes it. */
export const checkedDraft = (
  given: unknown,
  events: Readonly<Record<string, Schema>>,
  code: FaultCode = "translation-invalid",
): DraftEvent => {
  const shaped = withoutUndefined(read(draft, given, code, "translate"));
  const schema = Object.hasOwn(events, shaped.type) ? events[shaped.type] : undefined;
  if (schema === undefined)
    throw new DefinitionFault(code, `translate: '${shaped.type}' is not one of the connector's events`);
  return { ...shaped, data: validated(schema, shaped.data, "event-invalid", `'${shaped.type}'`) };
};

/** The events of one message. Several need a `part` each, no two the same. */
export const checkedDrafts = (given: unknown, events: Readonly<Record<string, Schema>>): readonly DraftEvent[] => {
  if (given === null) return [];
  if (!Array.isArray(given)) return [checkedDraft(given, events)];
  const drafts = given.map((each) => checkedDraft(each, events));
  const parts = new Set<string>();
  for (const { part, type } of drafts) {
    if (part === undefined)
      throw new DefinitionFault("translation-invalid", `translate: one of several events ('${type}') has no part`);
    if (parts.has(part))
      throw new DefinitionFault("translation-invalid", `translate: two events have the part '${part}'`);
    parts.add(part);
  }
  return drafts;
};

export const checkedRequest = (given: unknown, code: FaultCode, subject: string): HttpRequest =>
  withoutUndefined(read(request, given, code, subject));

/** What a queue gets of an event. */
export const checkedQueueMessage = (given: unknown): QueueMessage =>
  withoutUndefined(read(queueMessage, given, "translation-invalid", "translate"));

/** What a bus gets of an event. */
export const checkedBusEvent = (given: unknown): BusEvent =>
  withoutUndefined(read(busEvent, given, "translation-invalid", "translate"));

/** What a feed offers of an event. */
export const checkedOffer = (given: unknown): { readonly type?: string; readonly data: unknown } =>
  withoutUndefined(read(offer, given, "translation-invalid", "translate"));

/** What `reconcile.adapt` made of an item: a message's body. */
export const checkedBody = (given: unknown): unknown => read(present, given, "result-invalid", "reconcile.adapt");

/** Where a custom cursor goes on. */
export const checkedCursor = (given: unknown): string | null =>
  read(z.nullable(text), given, "result-invalid", "cursor.next");

export const checkedText = (given: unknown, subject: string): string => read(text, given, "result-invalid", subject);

export const checkedSequence = (given: unknown): Sequence => read(sequence, given, "result-invalid", "sequence");

export const checkedVerdict = (given: unknown, subject: string): Verdict =>
  read(verdict, given, "result-invalid", subject);

const read = <T extends z.ZodMiniType>(schema: T, given: unknown, code: FaultCode, subject: string): z.output<T> => {
  if (given instanceof Promise) {
    given.catch(() => undefined);
    throw new DefinitionFault(
      code,
      `${subject} returned a promise: it must be synchronous, only the gateway makes calls`,
    );
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new DefinitionFault(code, `${subject} returned what it must not: ${issueLines(result.error.issues)}`);
};

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };
/** Without the fields that are undefined: `{ ...(x && { subject: x }) }` and `{ subject: x }` mean the same. */
const withoutUndefined = <T extends object>(given: T): Present<T> =>
  // The one statement that types cannot follow.
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;
