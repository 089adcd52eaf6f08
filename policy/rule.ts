// What a rule sees and says. No Pulumi: rules are tried without an engine.

/** A value that a preview does not know yet: nothing is said about it. */
export const UNKNOWN = Symbol("unknown");

export interface Looked {
  /** For example `aws:sqs/queue:Queue`. */
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Of the stack's name; null: the stack is of no region. */
  readonly region: string | null;
}

export interface Rule {
  /** For people, and to switch it off. */
  readonly name: string;
  readonly description: string;
  /** Types that it is about. */
  readonly about: RegExp;
  /** What is wrong and what to do, one line each; empty: nothing. */
  readonly look: (resource: Looked) => readonly string[];
}

export const isUnknown = (value: unknown): boolean => value === UNKNOWN;

/** Set to something, or to something that will be known. */
export const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** `ok`, or what it is not. Says nothing while the value is unknown. */
export const must = (value: unknown, ok: (known: unknown) => boolean, message: string): readonly string[] =>
  isUnknown(value) || ok(value) ? [] : [message];

/** A field of a nested value; undefined where there is none, unknown where the whole is. */
export function inside(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (isUnknown(at)) return UNKNOWN;
    const first = Array.isArray(at) ? at[0] : at;
    if (typeof first !== "object" || first === null) return undefined;
    at = Reflect.get(first, key);
  }
  return at;
}
