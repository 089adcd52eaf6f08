// What one type of resource does, and how the engine's calls reach it.
import type { CheckFailure, Provider } from "@pulumi/pulumi/provider/index.js";
import type * as z from "zod";
import { changed, isUnknown, open, type Properties } from "../../../connectors/platforms/local/provider/values.ts";

export type Outputs = Readonly<Record<string, unknown>>;

/** A type of resource. `I`: its properties, a strict object, so that one that is not known is refused. */
export interface Kind<I extends object> {
  readonly inputs: z.ZodObject & z.ZodType<I>;
  /** Properties that cannot change in place. */
  readonly identity: readonly string[];
  /** What is computed inside a property that is given: its name, and keys of the elements. */
  readonly computedIn?: Readonly<Record<string, readonly string[]>>;
  create(inputs: I): Promise<{ readonly id: string; readonly outputs: Outputs }>;
  /** What is computed; null: it is gone. */
  read(id: string, state: I): Promise<Outputs | null>;
  /** Absent: any change replaces. */
  update?(id: string, inputs: I, state: I): Promise<Outputs>;
  delete(id: string, state: I): Promise<void>;
}

export type Handler = Required<Pick<Provider, "check" | "diff" | "create" | "read" | "update" | "delete">>;

export function handler<I extends object>(kind: Kind<I>): Handler {
  const names = Object.keys(kind.inputs.shape);
  const given = (properties: Properties): Properties =>
    Object.fromEntries(
      names.flatMap((name) => (name in properties ? [[name, withoutComputed(kind, name, properties[name])]] : [])),
    );
  const stateOf = (properties: Properties): I => kind.inputs.parse(open(given(properties)));
  return {
    check: async (_urn, _olds, news: Properties) => ({ inputs: news, failures: failures(kind.inputs, news) }),
    diff: async (_id, _urn, olds: Properties, news: Properties) => {
      const different = changed(given(olds), news, names);
      const replaces = kind.update ? different.filter((name) => kind.identity.includes(name)) : [...different];
      return { changes: different.length > 0, replaces, deleteBeforeReplace: true };
    },
    create: async (_urn, news: Properties) => {
      const { id, outputs } = await kind.create(kind.inputs.parse(open(news)));
      return { id, outs: { ...news, ...outputs } };
    },
    read: async (id, _urn, properties: Properties) => {
      const found = await kind.read(id, stateOf(properties));
      return found === null
        ? { id: "", props: {} }
        : { id, props: { ...properties, ...found }, inputs: given(properties) };
    },
    update: async (id, _urn, olds: Properties, news: Properties) => {
      const inputs = kind.inputs.parse(open(news));
      return { outs: { ...olds, ...news, ...(await kind.update?.(id, inputs, stateOf(olds))) } };
    },
    delete: async (id, _urn, properties: Properties) => kind.delete(id, stateOf(properties)),
  };
}

function withoutComputed<I extends object>(kind: Kind<I>, name: string, value: unknown): unknown {
  const computed = kind.computedIn?.[name];
  if (computed === undefined || !Array.isArray(value)) return value;
  return value.map((each: object) =>
    Object.fromEntries(Object.entries(each).filter(([key]) => !computed.includes(key))),
  );
}

/** Problems of what is known, each with the path of its property. */
function failures(schema: z.ZodObject, news: Properties): CheckFailure[] {
  const unknown = new Set(Object.keys(news).filter((name) => isUnknown(news[name])));
  const result = schema.safeParse(open(news));
  if (result.success) return [];
  return result.error.issues
    .filter(({ path }) => !unknown.has(String(path[0])))
    .map(({ path, message }) => ({ property: path.join("."), reason: message }));
}
