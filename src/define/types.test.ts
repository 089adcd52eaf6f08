// What the types accept and refuse, judged by the compiler that users run.
import { resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const planted = resolve(import.meta.dirname, "planted");
const head = `import * as z from "zod";
import { bySite, defineConnector, definePartner, githubWebhook, http, postgres, secret, setting, sftp, sqs } from "isthmus";
const one = definePartner({ name: "one", location: "internet" });
const near = definePartner({ name: "near", location: "same-cloud" });
const topology = { mode: "active-active", recoveryPoint: "1m" } as const;
const two = definePartner({ name: "two", location: "same-cloud", sites: { a: {}, b: {} }, topology });
const message = z.object({ id: z.string() });
const events = { "thing.made": z.object({ thing: z.string() }) };
const made = (thing: string) => ({ type: "thing.made", data: { thing } }) as const;
const hook = http.receive(githubWebhook(secret("k")));
const cursor = { kind: "since", query: "since", field: "/at", overlap: "1m" } as const;
const things = http.poll({ path: "/things", every: "1m", cursor, acrossSites: "exact" });
const readers = { claims: { scheme: "bearer", token: secret("t") } } as const;
const queue = (sites: { a: string; b: string }) => sqs.send({ queueArn: bySite(sites), role: "r" });
export const unused = [one, near, two, message, events, made, hook, things, readers, queue, bySite, postgres, setting, sftp];
`;

/** A mistake of a user's, and the words in which the compiler must refuse it. */
const mistakes: Readonly<Record<string, readonly [code: string, says: RegExp]>> = {
  "a mistyped field": [
    `defineConnector({ partner: one, via: hook, message, events, orderin: "key", translate: ({ body }) => made(body.id) });`,
    /'orderin' does not exist.*Did you mean to write 'ordering'\?|Did you mean 'ordering'\?/s,
  ],
  "two sites without topology": [
    `definePartner({ name: "p", location: "internet", sites: { a: {}, b: {} } });`,
    /Property 'topology' is missing/,
  ],
  "a topology with one site": [
    `definePartner({ name: "p", location: "internet", sites: { a: {} }, topology });`,
    /is not assignable to type 'never'/,
  ],
  "a primary that is no site": [
    `definePartner({ name: "p", location: "internet", sites: { a: {}, b: {} }, topology: { mode: "primary-secondary", primary: "c", secondary: "b", failback: "manual", recoveryPoint: "1m" } });`,
    /'"c"' is not assignable to type '"a" \| "b"'/,
  ],
  "a duration without unit": [`http.send({ timeout: "30" });`, /'"30"' is not assignable to type '`\$\{number\}ms`/],
  "a duration that is a number": [`http.send({ timeout: 30 });`, /'number' is not assignable/],
  "SQS at an internet partner": [
    `defineConnector({ partner: one, via: sqs.send({ queueArn: "q", role: "r" }), events, idempotency: "event-id" });`,
    /this driver does not reach a partner located 'internet'/,
  ],
  "a site without its value": [
    `defineConnector({ partner: two, via: sqs.send({ queueArn: bySite({ a: "q" }), role: "r" }), events, idempotency: "event-id" });`,
    /no value for site 'b'/,
  ],
  "a value for what is no site": [
    `defineConnector({ partner: two, via: sqs.send({ queueArn: bySite({ a: "q", b: "q", c: "q" }), role: "r" }), events, idempotency: "event-id" });`,
    /'c' is not a site of this partner/,
  ],
  "no identity": [
    `defineConnector({ partner: one, via: http.receive({ verify: { scheme: "bearer", token: secret("t") } }), message, events, translate: ({ body }) => made(body.id) });`,
    /Property 'id' is missing/,
  ],
  "an event type that is not declared": [
    `defineConnector({ partner: one, via: hook, message, events, translate: () => ({ type: "thing.lost", data: { thing: "t" } }) });`,
    /Type 'string' is not assignable to type '"thing.made"'/,
  ],
  "wrong data": [
    `defineConnector({ partner: one, via: hook, message, events, translate: () => ({ type: "thing.made", data: { thing: 1 } }) });`,
    /'number' is not assignable to type 'string'/,
  ],
  "a blind resend": [
    `defineConnector({ partner: one, via: http.send(), events, idempotency: "none", onUnknown: "resend" });`,
    /'"resend"' is not assignable to type '"hold" \| Lookup/,
  ],
  "idempotency unsaid": [
    `defineConnector({ partner: one, via: http.send(), events });`,
    /is missing the following properties.*idempotency, onUnknown/s,
  ],
  "startFrom on a receiver": [
    `defineConnector({ partner: one, via: hook, message, events, startFrom: "now", translate: ({ body }) => made(body.id) });`,
    /'startFrom' does not exist/,
  ],
  "a row for a queue": [
    `defineConnector({ partner: near, via: sqs.send({ queueArn: "q", role: "r" }), events, idempotency: "event-id", translate: () => ({ table: "t", key: { k: 1 }, values: {} }) });`,
    /Property 'body' is missing.*required in type 'QueueMessage'/s,
  ],
  "a plain-text secret": [
    `http.receive(githubWebhook("hunter2"));`,
    /'string' is not assignable to parameter of type 'Secret'/,
  ],
  "an async translation": [
    `defineConnector({ partner: one, via: hook, message, events, translate: async ({ body }) => made(body.id) });`,
    /'Promise<.*' is not assignable to type/s,
  ],
  "a field of the message that is not in its schema": [
    `defineConnector({ partner: one, via: hook, message, events, translate: ({ body }) => made(body.name) });`,
    /Property 'name' does not exist/,
  ],
};

/** Of what we read, and of what is read from us. */
const readingMistakes: Readonly<Record<string, readonly [code: string, says: RegExp]>> = {
  "a poll of items without identity": [
    `defineConnector({ partner: one, via: things, message, events, translate: ({ body }) => made(body.id) });`,
    /Property 'id' is missing/,
  ],
  "a poll that does not say what a cursor is worth elsewhere": [
    `http.poll({ path: "/things", every: "1m", cursor });`,
    /Property 'acrossSites' is missing/,
  ],
  "a time cursor without overlap": [
    `http.poll({ path: "/things", every: "1m", acrossSites: "exact", cursor: { kind: "since", query: "since", field: "/at" } });`,
    /Property 'overlap' is missing/,
  ],
  "a place that is no JSON pointer": [
    `http.poll({ path: "/things", every: "1m", acrossSites: "exact", items: "things", cursor });`,
    /'"things"' is not assignable to type '`\/\$\{string\}`'/,
  ],
  "an asynchronous cursor": [
    `http.poll({ path: "/things", every: "1m", acrossSites: "exact", cursor: { kind: "custom", request: async () => ({ path: "/" }), next: () => null } });`,
    /Promise<.*' has no properties in common with type 'HttpRequest'|Promise<.*' is not assignable/s,
  ],
  "an answer for a bad message that nobody waits for": [
    `defineConnector({ partner: one, via: things, message, events, id: ({ body }) => body.id, onInvalid: "reject", translate: ({ body }) => made(body.id) });`,
    /'onInvalid' does not exist/,
  ],
  "a lookback of what is given to us": [
    `defineConnector({ partner: one, via: hook, message, events, lookback: "1m", translate: ({ body }) => made(body.id) });`,
    /'lookback' does not exist/,
  ],
  "a reconcile poll that sends": [
    `defineConnector({ partner: one, via: hook, message, events, reconcile: { when: "1h", via: http.send() }, translate: ({ body }) => made(body.id) });`,
    /'"send"' is not assignable to type '"poll"'/,
  ],
  "an item that is made into no message": [
    `defineConnector({ partner: one, via: hook, message, events, reconcile: { when: "1h", via: things, adapt: () => ({ id: 1 }) }, translate: ({ body }) => made(body.id) });`,
    /'number' is not assignable to type 'string'/,
  ],
  "a reader without proof": [
    `http.feed({ retention: "7d", readers: { claims: {} } });`,
    /Type '\{\}' is not assignable to type 'Verification'/,
  ],
  "a feed without retention": [`http.feed({ readers });`, /Property 'retention' is missing/],
  "a feed that offers nothing of an event": [
    `defineConnector({ partner: one, via: http.feed({ readers, retention: "7d" }), events, translate: ({ data }) => ({ thing: data.thing }) });`,
    /Property 'data' is missing in type '\{ thing: string; \}'/,
  ],
  "idempotency of a feed": [
    `defineConnector({ partner: one, via: http.feed({ readers, retention: "7d" }), events, idempotency: "event-id" });`,
    /'idempotency' does not exist/,
  ],
};

/** What is like the mistakes, and right. */
const accepted: Readonly<Record<string, string>> = {
  "a receiver": `defineConnector({ partner: one, via: hook, message, events, ordering: "key", translate: ({ body }) => made(body.id) });`,
  "a sender": `defineConnector({ partner: two, via: queue({ a: "q", b: "q" }), events, idempotency: "event-id", translate: ({ data }) => ({ body: data.thing }) });`,
  "zod/mini": `import * as mini from "zod/mini";
defineConnector({ partner: one, via: hook, message: mini.object({ id: mini.string() }), events: { "thing.made": mini.object({ thing: mini.string() }) }, translate: ({ body }) => made(body.id) });`,
  "a poll": `defineConnector({ partner: one, via: things, message, events, id: ({ body }) => body.id, startFrom: "earliest", lookback: "1m", translate: ({ body }) => made(body.id) });`,
  "a cursor by code": `const own = { kind: "custom", request: (from: string | null) => ({ path: from ?? "/things" }), next: () => null } as const;
defineConnector({ partner: one, via: http.poll({ path: "/things", every: "1m", acrossSites: "refuse", cursor: own }), message, events, id: ({ body }) => body.id, translate: () => null });`,
  "a reconcile poll": `defineConnector({ partner: one, via: hook, message, events, reconcile: { when: "gap", via: things, adapt: (item) => ({ id: String(item) }) }, translate: ({ body }) => made(body.id) });`,
  "a feed": `defineConnector({ partner: two, via: http.feed({ readers, retention: "7d" }), events, startFrom: { time: "2026-01-01T00:00:00Z" }, translate: ({ data }) => ({ type: "com.acme.thing", data: data.thing }) });`,
  "several events, a part each": `defineConnector({ partner: one, via: hook, message, events, translate: ({ body }) => [{ part: "a", ...made(body.id) }] });`,
};

const refusals = { ...mistakes, ...readingMistakes };
const files = new Map(
  [...Object.entries(refusals).map(([name, [code]]) => [name, code] as const), ...Object.entries(accepted)].map(
    ([name, code]) => [`${planted}/${name.replaceAll(/\W/g, "-")}.ts`, `${head}${code}`],
  ),
);
const pathOf = (name: string): string => `${planted}/${name.replaceAll(/\W/g, "-")}.ts`;

const compile = (): ts.Program => {
  const config = ts.parseJsonConfigFileContent(
    { ...ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile).config, include: ["src/define/samples"] },
    ts.sys,
    root,
  );
  const host = ts.createCompilerHost(config.options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, options, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, options, ...rest) : ts.createSourceFile(path, text, options);
  };
  return ts.createProgram({ rootNames: [...config.fileNames, ...files.keys()], options: config.options, host });
};

const program = compile();
const diagnosticsOf = (path: string): readonly string[] => {
  const source = program.getSourceFile(path);
  if (source === undefined) throw new Error(`${path} is not in the program`);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
};

test.each(Object.entries(refusals))("types refuse %s", (name, [, says]) => {
  expect(diagnosticsOf(pathOf(name)).join("\n")).toMatch(says);
});

test.each(Object.keys(accepted))("types accept %s", (name) => {
  expect(diagnosticsOf(pathOf(name))).toEqual([]);
});

const samples = program.getRootFileNames().filter((path) => path.includes("/define/samples/"));

test("the five definitions and those of fifteen partners are there", () => {
  expect(samples.some((path) => path.endsWith("/five.ts"))).toBe(true);
  expect(samples.length).toBe(15);
});

test.each(samples.map((path) => [path.slice(path.lastIndexOf("/") + 1), path] as const))(
  "types accept sample %s",
  (_, path) => {
    expect(diagnosticsOf(path)).toEqual([]);
  },
);
