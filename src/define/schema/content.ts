// Content for the detection of conflicts (protocol rule 9): the fields that the `message` schema names, canonical. What
// a giver may change between two tries of one message (a countdown, a timestamp outside the schema, key order) is none.

import { configure } from "safe-stable-stringify";
import type * as z from "zod";
import type { Schema } from "./validate.ts";

const stringify = configure({ deterministic: true, circularValue: Error });

type Pick = (value: unknown) => unknown;
const whole: Pick = (value) => value;

/** Makes, once for a schema, the function from a body to its canonical content. The body need not be valid. */
export const contentOf = (schema: Schema): ((body: unknown) => string) => {
  const pick = picker(schema, new Map());
  return (body) => stringify(pick(body)) ?? "null";
};

/** Canonical text of the fields of one body that the schema names. */
export const canonicalContent = (schema: Schema, body: unknown): string => contentOf(schema)(body);

/** Picks the named fields. Schemas may contain themselves, so what was begun is kept by schema. */
const picker = (schema: Schema, known: Map<Schema, Pick>): Pick => {
  const begun = known.get(schema);
  if (begun !== undefined) return begun;
  let made: Pick = whole;
  known.set(schema, (value) => made(value));
  made = pickerOf(schema, (inner) => picker(inner, known));
  return made;
};

const pickerOf = (schema: Schema, of: (inner: Schema) => Pick): Pick => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return fields(def.shape, def.catchall, of);
    case "array":
      return each(of(def.element));
    case "tuple":
      return members(def.items.map(of), def.rest === null ? whole : of(def.rest));
    case "record":
      return entries(of(def.valueType));
    case "union":
      return firstThatFits(def.options, of);
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return of(def.innerType);
    case "lazy": {
      let inner: Pick | null = null;
      return (value) => {
        inner ??= of(def.getter());
        return inner(value);
      };
    }
    case "pipe":
      return of(def.in);
    case "intersection":
      return merged(of(def.left), of(def.right));
    default:
      return whole;
  }
};

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fields = (
  shape: Readonly<Record<string, Schema>>,
  catchall: Schema | undefined,
  of: (inner: Schema) => Pick,
): Pick => {
  const named = Object.entries(shape).map(([name, inner]) => [name, of(inner)] as const);
  const names = new Set(Object.keys(shape));
  // `.loose()` and `.strict()` name nothing; `.catchall(schema)` does.
  const type = catchall?._zod.def.type;
  const others =
    catchall === undefined || type === "unknown" || type === "any" || type === "never" ? null : of(catchall);
  return (value) => {
    if (!isFields(value)) return value;
    const picked: [string, unknown][] = [];
    for (const [name, pick] of named) if (Object.hasOwn(value, name)) picked.push([name, pick(value[name])]);
    if (others !== null)
      for (const name of Object.keys(value)) if (!names.has(name)) picked.push([name, others(value[name])]);
    return Object.fromEntries(picked);
  };
};

const each =
  (pick: Pick): Pick =>
  (value) =>
    Array.isArray(value) ? value.map(pick) : value;
const members =
  (items: readonly Pick[], rest: Pick): Pick =>
  (value) =>
    Array.isArray(value) ? value.map((item, index) => (items[index] ?? rest)(item)) : value;
const entries =
  (pick: Pick): Pick =>
  (value) =>
    isFields(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, pick(item)])) : value;
const merged =
  (left: Pick, right: Pick): Pick =>
  (value) => {
    const [first, second] = [left(value), right(value)];
    return isFields(first) && isFields(second) ? { ...first, ...second } : first;
  };

const firstThatFits = (options: readonly Schema[], of: (inner: Schema) => Pick): Pick => {
  const picks = options.map((option) => [option, of(option)] as const);
  return (value) => {
    for (const [option, pick] of picks) {
      const result = option["~standard"].validate(value);
      if (!(result instanceof Promise) && result.issues === undefined) return pick(value);
    }
    return value;
  };
};
