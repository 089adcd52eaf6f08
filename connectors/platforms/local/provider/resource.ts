// What one kind of resource of the local platform does, and how the engine's calls reach it.
import type {
  CheckFailure,
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import type * as z from "zod";
import { changed, isUnknown, open, type Properties } from "./values.ts";

/** One kind of resource. `I` is what the program gives; the state is that and `O`. */
export interface Kind<I extends object, O extends object> {
  readonly inputs: z.ZodObject & z.ZodType<I>;
  readonly outputs: z.ZodType<O>;
  /** Inputs that follow from others, and are no change of their own. */
  readonly derived?: readonly string[];
  /** Inputs that cannot change in place. */
  readonly identity: readonly string[];
  create(inputs: I): Promise<{ readonly id: string; readonly outputs: O }>;
  /** null: it is gone. */
  read(state: I & O): Promise<(I & O) | null>;
  update(inputs: I, state: I & O): Promise<O>;
  delete(state: I & O): Promise<void>;
}

/** A kind with its types closed over: it takes and gives property bags. */
export type Handler = Required<Pick<Provider, "check" | "diff" | "create" | "read" | "update" | "delete">>;

export function handler<I extends object, O extends object>(kind: Kind<I, O>): Handler {
  const names = Object.keys(kind.inputs.shape);
  const compared = names.filter((name) => kind.derived?.includes(name) !== true);
  const state = (properties: Properties): I & O => {
    const plain = open(properties);
    return { ...kind.inputs.parse(plain), ...kind.outputs.parse(plain) };
  };
  return {
    check: async (_urn, _olds: Properties, news: Properties): Promise<CheckResult> => ({
      inputs: news,
      failures: failures(kind.inputs, news),
    }),
    diff: async (_id, _urn, olds: Properties, news: Properties): Promise<DiffResult> => {
      const different = changed(olds, news, compared);
      const replaces = different.filter((name) => kind.identity.includes(name));
      return { changes: different.length > 0, replaces, deleteBeforeReplace: true };
    },
    create: async (_urn, news: Properties): Promise<CreateResult> => {
      const { id, outputs } = await kind.create(kind.inputs.parse(open(news)));
      return { id, outs: { ...news, ...outputs } };
    },
    read: async (id, _urn, properties: Properties): Promise<ReadResult> => {
      const found = await kind.read(state(properties));
      if (found === null) return { id: "", props: {} };
      // Secret marks are kept where the value is still the same.
      const props = { ...properties };
      for (const name of changed(properties, Object.fromEntries(Object.entries(found)), Object.keys(found)))
        Object.assign(props, { [name]: get(found, name) });
      return {
        id,
        props,
        inputs: Object.fromEntries(names.flatMap((name) => (name in props ? [[name, props[name]]] : []))),
      };
    },
    update: async (_id, _urn, olds: Properties, news: Properties): Promise<UpdateResult> => ({
      outs: { ...news, ...(await kind.update(kind.inputs.parse(open(news)), state(olds))) },
    }),
    delete: async (_id, _urn, properties: Properties) => kind.delete(state(properties)),
  };
}

function get(value: object, name: string): unknown {
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** Problems of the inputs that are known, each with the path of its property. */
function failures(schema: z.ZodObject, news: Properties): CheckFailure[] {
  const unknown = new Set(Object.keys(news).filter((name) => isUnknown(news[name])));
  const result = schema.safeParse(open(news));
  if (result.success) return [];
  return result.error.issues
    .filter(({ path }) => !unknown.has(String(path[0])))
    .map(({ path, message }) => ({ property: path.join("."), reason: message }));
}
