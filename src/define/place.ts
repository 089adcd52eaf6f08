/** Reads a value at the place that a connector names: a header, or a JSON pointer into the body. */
import type { Place } from "./spec.ts";

/** For people: `header webhook-id`, `body /id`. */
export const nameOf = (place: Place): string =>
  place.in === "header" ? `header ${place.name}` : `body ${place.pointer}`;

/** RFC 6901: what stands at the pointer, undefined where nothing does. */
export const pointerReader = (pointer: string): ((body: unknown) => unknown) => {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return (body) => {
    let at = body;
    for (const name of names) {
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
      at = Reflect.get(at, name);
    }
    return at;
  };
};

/** Text of an identifier: a text that is not empty, or a whole number that JSON carries exactly. */
export const identifierText = (value: unknown): string | null => {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
};
