/** A reader and a source for the tests of role poll. */
import { afterEach } from "vitest";
import type { ReadAnswer, Reading } from "../../../core/ports.ts";
import type {
  CommonSpec,
  CursorSpec,
  HttpPollSpec,
  IngressFunctions,
  PollSpec,
  SiteSpec,
  SpecOf,
} from "../../../define/spec.ts";
import { clockAt, contextOf, idOf, ingressOf, partnerOf, pollSpecOf } from "../../testing.ts";
import { type Behaviour, type Call, type SiteDouble, startSite } from "../site/site-double.ts";
import { HttpReader } from "./poll.ts";

export const nowMs = 1_700_000_000_000;
/** Closed after the test. */
export const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

export const source = async (behaviour: Behaviour): Promise<SiteDouble> => {
  const double = await startSite(behaviour);
  open.push(double);
  return double;
};

/** Answers with what is made of the query. */
export const answering =
  (
    make: (query: URLSearchParams, call: Call) => { readonly body: unknown; readonly headers?: Record<string, string> },
  ) =>
  (...[call, response]: Parameters<Behaviour>): void => {
    const { body, headers = {} } = make(new URL(call.url, "http://site").searchParams, call);
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };

export interface Setting {
  readonly cursor?: CursorSpec;
  readonly options?: Partial<HttpPollSpec>;
  readonly spec?: Partial<CommonSpec>;
  readonly functions?: Partial<IngressFunctions>;
  readonly site?: Partial<SiteSpec>;
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
}

export const token: CursorSpec = { kind: "token", query: "after", next: "/next" };
export const specOf = (
  double: Pick<SiteDouble, "url">,
  { cursor, options, spec, site }: Setting = {},
): SpecOf<"http", PollSpec> =>
  pollSpecOf(
    { items: "/items", cursor: cursor ?? token, ...options },
    { partner: partnerOf({ sites: { main: { url: double.url, maintenance: [], ...site } } }), ...spec },
  );

export const readerOf = (double: Pick<SiteDouble, "url" | "endpoint">, setting: Setting = {}): HttpReader => {
  const reader = new HttpReader(
    specOf(double, setting),
    ingressOf({ id: ({ body }) => idOf(body), ...setting.functions }),
    contextOf(setting.secrets ?? {}, { loopback: [double.endpoint] }, clockAt(nowMs)),
  );
  open.push({ close: () => new Promise<void>((resolve) => reader.close(resolve)) });
  return reader;
};

export const readingOf = (change: Partial<Reading> = {}): Reading => ({
  connector: "orders",
  site: "main",
  cursor: null,
  duty: { region: "east", epoch: 412 },
  timeoutMs: 2_000,
  mayWrite: () => true,
  ...change,
});

export const read = (reader: HttpReader, cursor: string | null = null, change: Partial<Reading> = {}) =>
  new Promise<ReadAnswer>((resolve) => void reader.read(readingOf({ cursor, ...change }), resolve));

export const idsOf = ({ page }: ReadAnswer): readonly string[] =>
  (page?.inputs ?? []).map(({ identity }) => identity.slice(identity.indexOf(" ") + 1));

/** What a poller does in one go: page after page, until the source says that there is no more. */
export const pass = async (reader: HttpReader, from: string | null = null) => {
  const ids: string[] = [];
  let cursor = from;
  for (let pages = 1; ; pages += 1) {
    const answer = await read(reader, cursor);
    if (answer.page === null) throw new Error(answer.reason);
    ids.push(...idsOf(answer));
    cursor = answer.page.cursor ?? cursor;
    if (!answer.page.more) return { ids, cursor, pages };
    if (pages > 50) throw new Error("the source never ends");
  }
};
