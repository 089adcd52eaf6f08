// From what users wrote to what the gateway can rely on, once: settings resolved, every field of its kind, nothing unknown.
import type * as z from "zod";
import type { Definition } from "../connector.ts";
import { builtDrivers } from "../drivers.ts";
import { type Problem, problem } from "../problem.ts";
import { type ReceiverFields, receiver, type SenderFields, sender } from "./definition.ts";
import { type HttpReceiveFields, type HttpSendFields, httpReceive, httpSend } from "./http.ts";
import { definedOnly, resolveReferences } from "./references.ts";

interface Names {
  /** Settings and secrets that the role uses. */
  readonly settings: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}
export type Parsed = Names &
  (
    | { readonly role: "receive"; readonly fields: ReceiverFields; readonly options: HttpReceiveFields }
    | { readonly role: "send"; readonly fields: SenderFields; readonly options: HttpSendFields }
  );
export type ParseResult =
  | { readonly kind: "parsed"; readonly parsed: Parsed; readonly problems: readonly Problem[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/**
 * Reads a definition. `parsed` may come with problems of settings that are missing: each then stands as
 * `setting:<name>`, so that all other rules can be checked.
 */
export const parseDefinition = (definition: Definition, settings: Readonly<Record<string, string>>): ParseResult => {
  const unbuilt = driverProblem(definition);
  if (unbuilt !== null) return { kind: "refused", problems: [unbuilt] };
  const { role } = definition.via;
  const partner = resolveReferences(definedOnly(partnerFor(definition)), settings, "partner");
  const options = resolveReferences(definedOnly(definition.via.options), settings, "via");
  const names = {
    settings: new Set([...partner.settings, ...options.settings]),
    secrets: new Set([...partner.secrets, ...options.secrets]),
  };
  const missing = [...partner.problems, ...options.problems];
  const resolved = definedOnly({ ...definition, partner: partner.value });
  return role === "receive"
    ? finish(
        receiver.safeParse(resolved, report),
        httpReceive.safeParse(options.value, report),
        missing,
        (fields, options) => ({
          ...names,
          role,
          fields,
          options,
        }),
      )
    : finish(
        sender.safeParse(resolved, report),
        httpSend.safeParse(options.value, report),
        missing,
        (fields, options) => ({
          ...names,
          role: "send",
          fields,
          options,
        }),
      );
};

const report = { reportInput: true } as const;

const finish = <F, O>(
  fields: z.ZodSafeParseResult<F>,
  options: z.ZodSafeParseResult<O>,
  missing: readonly Problem[],
  join: (fields: F, options: O) => Parsed,
): ParseResult => {
  if (fields.success && options.success) {
    return { kind: "parsed", parsed: join(fields.data, options.data), problems: missing };
  }
  const problems = [...issuesOf(fields, ""), ...issuesOf(options, "via"), ...missing];
  return { kind: "refused", problems };
};

const issuesOf = (result: z.ZodSafeParseResult<unknown>, top: string): readonly Problem[] =>
  (result.error?.issues ?? []).map((issue) => {
    const path = issue.path.reduce<string>(
      (text, key) =>
        typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
      top,
    );
    const absent = issue.code === "invalid_type" && issue.input === undefined;
    return problem(path === "" ? "definition" : path, absent ? "is missing" : issue.message);
  });

/** A definition of a driver or role that this version cannot run. */
const driverProblem = ({ via }: Definition): Problem | null => {
  const driver = via?.driver;
  const there = Object.entries(builtDrivers).flatMap(([name, roles]) => roles.map((role) => `${name}.${role}`));
  if (builtDrivers[driver]?.includes(via.role)) return null;
  const named = typeof driver === "string" ? `'${driver}.${via.role}' is not built in this version` : "names no driver";
  return problem("via", named, `there are: ${there.join(", ")}`);
};

/** What the role uses of the partner: without calls of ours neither its addresses nor our proof of identity. */
const partnerFor = (definition: Definition): unknown => {
  const { partner, via } = definition;
  const calls = via.role === "send" || "fetch" in definition || "reconcile" in definition;
  if (calls || typeof partner !== "object" || partner === null) return partner;
  const { url: _url, auth: _auth, ...rest } = partner;
  if (rest.sites === undefined) return rest;
  const sites = Object.entries(rest.sites).map(([name, { url: _u, auth: _a, ...site }]) => [name, site]);
  return { ...rest, sites: Object.fromEntries(sites) };
};
