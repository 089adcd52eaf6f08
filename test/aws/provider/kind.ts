// What one type of resource is to the stand-in, and how the engine's calls reach it.
import type { CheckFailure, Provider } from "@pulumi/pulumi/provider/index.js";
import { changed, isUnknown, open, type Properties } from "../../../connectors/platforms/local/provider/values.ts";
import { birthOf } from "./births.ts";
import type { Clients } from "./clients.ts";

/** Inputs without secret marks. */
export type Inputs = Readonly<Record<string, unknown>>;
export type Outputs = Readonly<Record<string, unknown>>;

export interface Kind {
  readonly required: readonly string[];
  /** Any other property is refused. */
  readonly optional: readonly string[];
  /** Values that a property may have. */
  readonly enums?: Readonly<Record<string, readonly unknown[]>>;
  /** What the service adds within a property, which the program does not say. */
  readonly computedWithin?: Readonly<Record<string, readonly string[]>>;
  /** Properties that cannot change in place. */
  readonly identity: readonly string[];
  create(inputs: Inputs, clients: Clients): Promise<{ readonly id: string; readonly outputs: Outputs }>;
  /** Default: nothing is called. Gives what of the outputs is new. */
  update?(id: string, inputs: Inputs, state: Inputs, clients: Clients): Promise<Outputs>;
  /** Default: nothing is called. */
  remove?(id: string, state: Inputs, clients: Clients): Promise<void>;
  /** Whether it is still there, where its region still is. Default: it is. */
  exists?(id: string, state: Inputs, clients: Clients): Promise<boolean>;
}

const plain = (properties: Properties): Inputs => ({ ...Object(open(properties)) });

export const handlerOf = (
  type: string,
  kind: Kind,
  clients: Clients,
): Required<Pick<Provider, "check" | "diff" | "create" | "read" | "update" | "delete">> => {
  const names = [...kind.required, ...kind.optional];
  return {
    check: async (_urn, _olds: Properties, news: Properties) => ({
      inputs: news,
      failures: failuresOf(type, kind, news),
    }),
    diff: async (_id, _urn, olds: Properties, news: Properties) => {
      const different = changed(asGiven(kind, olds), news, names);
      return {
        changes: different.length > 0,
        replaces: different.filter((name) => kind.identity.includes(name)),
        deleteBeforeReplace: true,
      };
    },
    create: async (_urn, news: Properties) => {
      const inputs = plain(news);
      const { id, outputs } = await kind.create(inputs, clients);
      return { id, outs: { ...news, ...outputs, emulated: await birthOf(clients, regionOf(inputs)) } };
    },
    read: async (id, _urn, properties: Properties) => {
      const state = plain(properties);
      const stands = state.emulated === (await birthOf(clients, regionOf(state)));
      const there = stands && ((await kind.exists?.(id, state, clients)) ?? true);
      if (!there) return { id: "", props: {} };
      return {
        id,
        props: properties,
        inputs: Object.fromEntries(names.flatMap((name) => (name in properties ? [[name, properties[name]]] : []))),
      };
    },
    update: async (id, _urn, olds: Properties, news: Properties) => {
      const kept = Object.fromEntries(Object.entries(olds).filter(([name]) => !names.includes(name)));
      return { outs: { ...kept, ...news, ...(await kind.update?.(id, plain(news), plain(olds), clients)) } };
    },
    delete: async (id, _urn, properties: Properties) => kind.remove?.(id, plain(properties), clients),
  };
};

const regionOf = ({ region }: Inputs): string | null => (typeof region === "string" ? region : null);

/** A state without what the service added within properties. */
function asGiven({ computedWithin = {} }: Kind, state: Properties): Properties {
  const given = Object.entries(computedWithin).map(([name, added]) => {
    const without = (one: Inputs) => Object.fromEntries(Object.entries(one).filter(([key]) => !added.includes(key)));
    const value = open(state[name]);
    return [name, Array.isArray(value) ? list(value).map(without) : without(bag(value))];
  });
  return { ...state, ...Object.fromEntries(given.filter(([name]) => state[String(name)] !== undefined)) };
}

function failuresOf(type: string, kind: Kind, news: Properties): CheckFailure[] {
  const given = Object.keys(news).filter((name) => !name.startsWith("__"));
  const missing = kind.required.filter((name) => news[name] === undefined || news[name] === null);
  const unknown = given.filter((name) => !kind.required.includes(name) && !kind.optional.includes(name));
  const wrong = Object.entries(kind.enums ?? {}).filter(
    ([name, values]) =>
      news[name] !== undefined &&
      !isUnknown(news[name]) &&
      ![open(news[name])].flat().every((value) => values.includes(value)),
  );
  return [
    ...missing.map((property) => ({ property, reason: `${type} needs it` })),
    ...unknown.map((property) => ({ property, reason: `the stand-in for aws does not know this property of ${type}` })),
    ...wrong.map(([property, values]) => ({ property, reason: `must be one of ${values.join(", ")}` })),
  ];
}

export const text = (value: unknown): string => {
  if (typeof value !== "string") throw new Error(`a text was expected, and not ${JSON.stringify(value)}`);
  return value;
};
export const maybe = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
export const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
export const list = (value: unknown): readonly Inputs[] =>
  Array.isArray(value) ? value.map((one) => ({ ...Object(one) })) : [];
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
export const bag = (value: unknown): Inputs => ({ ...Object(value) });

/** Deleting what is gone already is done. */
export async function ifThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** What is made in several regions is there already in those that were not lost. */
export async function unlessThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error && /AlreadyExists|ResourceExists/.test(error.name))) throw error;
  }
}

export async function there(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  /NotFound|NonExistent|DoesNotExist|NoSuch|does not exist|not found/i.test(`${error.name} ${error.message}`);
