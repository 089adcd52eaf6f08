// What the tests of trouble share: an office that is called and calls, and questions to the region.
import { createHmac } from "node:crypto";
import { join } from "node:path";
import type { Behaviour, SiteDouble } from "../../src/drivers/http/site/site-double.ts";
import { type Answer, adminToken, call, type Gateway, shopSecret } from "../../src/hosts/node/test-support/world.ts";

export const patience = { timeout: 20_000, interval: 50 } as const;

/** A definition of these tests, for `deploy`. */
export const definition = (name: string): string => join(import.meta.dirname, "definitions", name);

/** Other fields of a definition, as code. */
export const variant = (fields: string): readonly [string, string] => ["variant = {}", `variant = ${fields}`];

/** Publishes reports at a region's hub, as a service of ours. */
export const publish = (gateway: Gateway, ...numbers: readonly string[]): Promise<Answer> =>
  publishEvents(
    gateway,
    numbers.map((number) => reportEvent(number, `report ${number}`)),
  );

export const reportEvent = (number: string, text: string): object => ({
  specversion: "1.0",
  id: number,
  source: "/clerk",
  type: "report.filed",
  partitionkey: number,
  data: { number, text },
});

export const publishEvents = (gateway: Gateway, events: readonly object[]): Promise<Answer> =>
  call(`${gateway.publicUrl}/hub/events`, "POST", {
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/cloudevents-batch+json" },
    body: JSON.stringify(events),
  });

export interface Listed {
  readonly connector: string;
  readonly id: string;
  readonly identity: string;
  readonly outcome: string | null;
  readonly reason: string;
  readonly payload: { readonly body?: unknown; readonly data?: unknown };
}

/** What a region lists of a connector for people. */
export const listed = async (
  gateway: Gateway,
  connector: string,
  what: "faulted" | "unknown" | "conflict" = "faulted",
): Promise<readonly Listed[]> => {
  const { body } = await gateway.admin("GET", `/admin/faults?what=${what}&connector=${connector}`);
  return (body as { entries: readonly Listed[] }).entries;
};

interface Status {
  readonly duties: readonly {
    readonly region: string;
    readonly holder: string | null;
    readonly epoch: number | null;
  }[];
  readonly sites: Readonly<
    Record<string, { readonly breaker: string; readonly reason: string; readonly failingForMs: number | null }>
  >;
  readonly connectors: Readonly<
    Record<
      string,
      {
        readonly sites: Readonly<Record<string, string>>;
        readonly poll: { readonly state: string; readonly why: string };
      }
    >
  >;
}

export const statusOf = async (gateway: Gateway): Promise<Status> =>
  (await gateway.admin("GET", "/admin/status")).body as Status;

/** Text of a metric's lines of a connector. */
export const metric = async (gateway: Gateway, name: string, connector: string): Promise<number> => {
  const { body } = await gateway.admin("GET", "/metrics");
  const lines = String(body).split("\n");
  return lines
    .filter((line) => line.startsWith(`${name}{`) && line.includes(`connector="${connector}"`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
};

export const officeSecret = "the secret that the office signs with";

/** A report as the office gives it, signed at a time. */
export const signed = (body: string, atMs: number, key = officeSecret): RequestInit => ({
  headers: {
    "content-type": "application/json",
    "office-time": String(atMs),
    "office-signature": createHmac("sha256", key).update(`${atMs}.${body}`).digest("hex"),
  },
  body,
});

/** Numbers of the reports that a site was sent, in order. */
export const numbersAt = (site: SiteDouble): readonly string[] =>
  site.calls
    .filter(({ method }) => method === "POST")
    .map(({ body }) => (JSON.parse(body.toString()) as { number: string }).number);

/** Answers requests one after the other; the last answer stays. Probes are answered apart. */
export const inTurn = (...behaviours: readonly Behaviour[]): Behaviour => {
  let next = 0;
  return (made, response) => {
    if (made.method === "HEAD") return void response.writeHead(204).end();
    const behave = behaviours[Math.min(next, behaviours.length - 1)];
    next += 1;
    behave?.(made, response);
  };
};

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (_call, response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

export const errorPage: Behaviour = (_call, response) =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Something went wrong</h1>");

export const shop = { shop: [shopSecret] };
