// Settings and secrets that a definition names: settings are resolved before anything else is read, secrets stay names.
import { didYouMean } from "../nearest.ts";
import { type Problem, problem } from "../problem.ts";

export interface References {
  /** The value with every known setting replaced by its text. */
  readonly value: unknown;
  readonly settings: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

interface Walk {
  readonly given: Readonly<Record<string, string>>;
  readonly settings: Set<string>;
  readonly secrets: Set<string>;
  readonly problems: Problem[];
}

/** Resolves settings in plain data (objects, arrays, text); functions and schemas stay as they are. */
export const resolveReferences = (
  value: unknown,
  given: Readonly<Record<string, string>>,
  path: string,
): References => {
  const walk: Walk = { given, settings: new Set(), secrets: new Set(), problems: [] };
  return { value: step(value, path, walk), settings: walk.settings, secrets: walk.secrets, problems: walk.problems };
};

const step = (value: unknown, path: string, walk: Walk): unknown => {
  if (Array.isArray(value)) return value.map((item, index) => step(item, `${path}[${index}]`, walk));
  if (!isPlain(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.setting === "string") return settingText(value.setting, path, walk);
  if (keys.length === 1 && typeof value.secret === "string") {
    walk.secrets.add(value.secret);
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, step(item, `${path}.${key}`, walk)]));
};

const settingText = (name: string, path: string, { given, settings, problems }: Walk): string => {
  settings.add(name);
  const text = Object.hasOwn(given, name) ? given[name] : undefined;
  if (text !== undefined && text !== "") return text;
  const what = text === "" ? `setting '${name}' is empty` : `setting '${name}' is missing.`;
  problems.push(problem(path, `${what}${text === "" ? "" : didYouMean(name, Object.keys(given))}`.replace(/\.$/, "")));
  // Something that stands for it, so that everything else can be checked too.
  return `setting:${name}`;
};

/** Without the fields that are undefined, at every depth: they mean the same as absent ones. */
export const definedOnly = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(definedOnly);
  if (!isPlain(value)) return value;
  const stated = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(stated.map(([key, inner]) => [key, definedOnly(inner)]));
};

/** Written as `{ ... }`, in whatever realm the bundle ran: schemas and other instances are not. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
