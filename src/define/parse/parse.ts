// From what users wrote to what the gateway can rely on, once: settings resolved, every field of its kind, nothing unknown.
import * as z from "zod";
import type { Definition } from "../connector.ts";
import { builtDrivers } from "../drivers.ts";
import type { Role } from "../model.ts";
import { type Problem, problem } from "../problem.ts";
import type { DriverName } from "../spec.ts";
import { type FeederFields, feeder } from "./definition/feeder.ts";
import { type PollerFields, poller } from "./definition/poller.ts";
import { type ReceiverFields, receiver } from "./definition/receiver.ts";
import { type SenderFields, sender } from "./definition/sender.ts";
import { type HttpFeedFields, httpFeed } from "./http/feed.ts";
import { type HttpPollFields, httpPoll } from "./http/poll.ts";
import { type HttpReceiveFields, httpReceive } from "./http/receive.ts";
import { type HttpSendFields, httpSend } from "./http/send.ts";
import {
  type EventBridgeReceiveFields,
  type EventBridgeSendFields,
  eventBridgeReceive,
  eventBridgeSend,
  type SqsPollFields,
  type SqsReceiveFields,
  type SqsSendFields,
  sqsPoll,
  sqsReceive,
  sqsSend,
} from "./queue.ts";
import { definedOnly, resolveReferences } from "./references.ts";

interface Names {
  /** Settings and secrets that the role uses. */
  readonly settings: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}
export type Parsed = Names &
  (
    | As<"http", "receive", ReceiverFields, HttpReceiveFields>
    | As<"http", "poll", PollerFields, HttpPollFields>
    | As<"http", "send", SenderFields, HttpSendFields>
    | As<"http", "feed", FeederFields, HttpFeedFields>
    | As<"sqs", "receive", ReceiverFields, SqsReceiveFields>
    | As<"sqs", "poll", PollerFields, SqsPollFields>
    | As<"sqs", "send", SenderFields, SqsSendFields>
    | As<"event-bridge", "receive", ReceiverFields, EventBridgeReceiveFields>
    | As<"event-bridge", "send", SenderFields, EventBridgeSendFields>
  );
/** A parsed definition of one role. */
export type ParsedAs<R extends Role> = Extract<Parsed, { readonly role: R }>;

interface As<D extends DriverName, R extends Role, F, O> {
  readonly driver: D;
  readonly role: R;
  readonly fields: F;
  readonly options: O;
}
export type ParseResult =
  | { readonly kind: "parsed"; readonly parsed: Parsed; readonly problems: readonly Problem[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/**
 * Reads a definition. `parsed` may come with problems of settings that are missing: each then stands as
 * `setting:<name>`, so that all other rules can be checked.
 */
export const parseDefinition = (definition: Definition, settings: Readonly<Record<string, string>>): ParseResult => {
  const reconcile = "reconcile" in definition ? definition.reconcile : undefined;
  const unbuilt = driverProblem(definition.via, "via") ?? reconcileProblem(reconcile);
  if (unbuilt !== null) return { kind: "refused", problems: [unbuilt] };
  const partner = resolveReferences(definedOnly(partnerFor(definition)), settings, "partner");
  const options = resolveReferences(definedOnly(definition.via.options), settings, "via");
  const polled = resolveReferences(definedOnly(reconcile), settings, "reconcile");
  const parts = [partner, options, polled];
  const names = {
    settings: new Set(parts.flatMap((part) => [...part.settings])),
    secrets: new Set(parts.flatMap((part) => [...part.secrets])),
  };
  const { driver, role } = definition.via;
  const read = Object.hasOwn(readers, `${driver}.${role}`) ? readers[`${driver}.${role}`] : undefined;
  if (read === undefined) throw new Error(`'${driver}.${role}' is built, and nothing reads its options`);
  return read({
    names,
    fields: definedOnly({ ...definition, partner: partner.value, reconcile: polled.value }),
    options: options.value,
    missing: parts.flatMap(({ problems }) => problems),
  });
};

/** A definition with its settings resolved, nothing else read yet. */
interface Resolved {
  readonly names: Names;
  readonly fields: unknown;
  readonly options: unknown;
  readonly missing: readonly Problem[];
}

/** Of every role of every driver that is built. */
const readers: Readonly<Record<string, (given: Resolved) => ParseResult>> = {
  "http.receive": (given) =>
    finish(given, receiver, httpReceive, (fields, options) => ({
      ...given.names,
      driver: "http",
      role: "receive",
      fields,
      options,
    })),
  "http.poll": (given) =>
    finish(given, poller, httpPoll, (fields, options) => ({
      ...given.names,
      driver: "http",
      role: "poll",
      fields,
      options,
    })),
  "http.send": (given) =>
    finish(given, sender, httpSend, (fields, options) => ({
      ...given.names,
      driver: "http",
      role: "send",
      fields,
      options,
    })),
  "http.feed": (given) =>
    finish(given, feeder, httpFeed, (fields, options) => ({
      ...given.names,
      driver: "http",
      role: "feed",
      fields,
      options,
    })),
  "sqs.receive": (given) =>
    finish(given, receiver, sqsReceive, (fields, options) => ({
      ...given.names,
      driver: "sqs",
      role: "receive",
      fields,
      options,
    })),
  "sqs.poll": (given) =>
    finish(given, poller, sqsPoll, (fields, options) => ({
      ...given.names,
      driver: "sqs",
      role: "poll",
      fields,
      options,
    })),
  "sqs.send": (given) =>
    finish(given, sender, sqsSend, (fields, options) => ({
      ...given.names,
      driver: "sqs",
      role: "send",
      fields,
      options,
    })),
  "event-bridge.receive": (given) =>
    finish(given, receiver, eventBridgeReceive, (fields, options) => ({
      ...given.names,
      driver: "event-bridge",
      role: "receive",
      fields,
      options,
    })),
  "event-bridge.send": (given) =>
    finish(given, sender, eventBridgeSend, (fields, options) => ({
      ...given.names,
      driver: "event-bridge",
      role: "send",
      fields,
      options,
    })),
};

const report = { reportInput: true } as const;

const finish = <F extends z.ZodType, O extends z.ZodType>(
  { missing, ...given }: Resolved,
  ofFields: F,
  ofOptions: O,
  join: (fields: z.output<F>, options: z.output<O>) => Parsed,
): ParseResult => {
  const fields = ofFields.safeParse(given.fields, report);
  const options = ofOptions.safeParse(given.options, report);
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
    return problem(path === "" ? "definition" : asWritten(path), messageOf(issue));
  });

/** What a driver's call was given stands in `options`, which users do not write. */
const asWritten = (path: string): string => path.replace(/^reconcile\.via\.options\b/, "reconcile.via");

const messageOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code === "invalid_type" && issue.input === undefined) return "is missing";
  // The name itself is wrong, not what stands under it.
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
};

const called = z.object({ driver: z.string(), role: z.string() });

/** A definition of a driver or role that this version cannot run. */
const driverProblem = (via: unknown, path: string): Problem | null => {
  const there = Object.entries(builtDrivers).flatMap(([name, roles]) => roles.map((role) => `${name}.${role}`));
  const { data } = called.safeParse(via);
  const name = `${data?.driver}.${data?.role}`;
  if (there.includes(name)) return null;
  const message = data === undefined ? "names no driver" : `'${name}' is not built in this version`;
  return problem(path, message, `there are: ${there.join(", ")}`);
};

const reconcileProblem = (reconcile: unknown): Problem | null =>
  typeof reconcile === "object" && reconcile !== null && "via" in reconcile
    ? (driverProblem(reconcile.via, "reconcile.via") ?? reconcilerProblem(reconcile.via))
    : null;

/** What is read beside what is pushed must be the same message: only calls and their API say so. */
const reconcilerProblem = (via: unknown): Problem | null => {
  const { data } = called.safeParse(via);
  return data === undefined || data.driver === "http"
    ? null
    : problem("reconcile.via", `'${data.driver}.${data.role}' cannot read what was never sent`, "use http.poll");
};

/** What the role uses of the partner: without calls of ours neither its addresses nor our proof of identity. */
const partnerFor = (definition: Definition): unknown => {
  const { partner, via } = definition;
  const states = (field: string): boolean => Reflect.get(definition, field) !== undefined;
  const calls = via.role === "send" || via.role === "poll" || states("fetch") || states("reconcile");
  if (calls || typeof partner !== "object" || partner === null) return partner;
  const { url: _url, auth: _auth, ...rest } = partner;
  if (rest.sites === undefined) return rest;
  const sites = Object.entries(rest.sites).map(([name, { url: _u, auth: _a, ...site }]) => [name, site]);
  return { ...rest, sites: Object.fromEntries(sites) };
};
