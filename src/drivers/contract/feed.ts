import { describe, expect, it } from "vitest";
import type { FeedAnswer, FeedReading } from "../../core/ports.ts";
import type { FeedRequest, FeedResponse, FeedServer, InboundRequest } from "../port.ts";

/** Servers of feed `orders` for the readers `billing` and `audit`, and calls of theirs. */
export interface FeedSubject {
  server(options: {
    /** Valid secrets by reader. */
    readonly secrets: { readonly billing: readonly string[]; readonly audit: readonly string[] };
    readonly cursorKey: Uint8Array;
    /** Default: `orders`. */
    readonly connector?: string;
  }): FeedServer;
  /** What a reader sends. `cursor` null: it has none. */
  call(asked: { readonly secret: string | null; readonly cursor: string | null }): InboundRequest;
  /** The cursor to go on with, as a reader finds it in an answer. */
  cursorIn(response: FeedResponse): string | null;
}

const secrets = { billing: ["billing-one"], audit: ["audit-one"] };
const cursorKey = new Uint8Array(32).fill(7);
const vector = { "east.1": 12, "west.2": 7 } as const;
const page: FeedAnswer = { kind: "page", events: ['{"id":"1"}', '{"id":"2"}'], cursor: vector, more: false };

const asked = (server: FeedServer, request: InboundRequest): Promise<FeedRequest> =>
  new Promise((resolve) => server.request(request, resolve));
const readingOf = (request: FeedRequest): FeedReading | null => (request.kind === "read" ? request.reading : null);
const statusOf = (request: FeedRequest): number => (request.kind === "read" ? 200 : request.response.status);

export const feedContract = (name: string, subject: FeedSubject): void => {
  const server = (change: Partial<Parameters<FeedSubject["server"]>[0]> = {}) =>
    subject.server({ secrets, cursorKey, ...change });
  const call = (secret: string | null, cursor: string | null, to = server()) =>
    asked(to, subject.call({ secret, cursor }));
  const readingBy = async (secret: string): Promise<FeedReading> => {
    const reading = readingOf(await call(secret, null));
    if (reading === null) throw new Error("not read");
    return reading;
  };
  const cursorFor = async (secret: string, of = server()): Promise<string> =>
    subject.cursorIn(of.response(await readingBy(secret), page)) ?? "";

  describe(`${name} feeds`, () => {
    it("each reader as whom its proof says it is, from where it acknowledged last", async () => {
      expect(readingOf(await call("billing-one", null))).toMatchObject({ reader: "billing", cursor: null });
      expect(readingOf(await call("audit-one", null))).toMatchObject({ reader: "audit", cursor: null });
    });

    it("a reader that proves itself by either of two valid secrets", async () => {
      const rotating = server({ secrets: { ...secrets, billing: ["billing-two", "billing-one"] } });
      for (const secret of ["billing-one", "billing-two"]) {
        expect(readingOf(await call(secret, null, rotating))).toMatchObject({ reader: "billing" });
      }
    });

    it("nobody without proof: 401, and no word of why", async () => {
      const wrong = await call("billing-two", null);
      expect(statusOf(wrong)).toBe(401);
      expect(await call(null, null)).toEqual(wrong);
      expect(await call("", await cursorFor("billing-one"))).toEqual(wrong);
      expect(await call("billing-one", null, server({ secrets: { billing: [], audit: [] } }))).toEqual(wrong);
    });

    it("nobody whose proof is two readers' at once", async () => {
      const shared = server({ secrets: { billing: ["same"], audit: ["same"] } });
      expect(statusOf(await call("same", null, shared))).toBe(401);
    });

    it("on from a cursor, in every region that has the key", async () => {
      const cursor = await cursorFor("billing-one", server());
      const elsewhere = server();
      expect(readingOf(await call("billing-one", cursor, elsewhere))).toMatchObject({ cursor: vector });
    });

    it("no reader from another's cursor: 403, of another connector either", async () => {
      const cursor = await cursorFor("billing-one");
      expect(statusOf(await call("audit-one", cursor))).toBe(403);
      expect(statusOf(await call("billing-one", cursor, server({ connector: "invoices" })))).toBe(403);
    });

    it("from no cursor that it did not make: 400 that says to start again without", async () => {
      const cursor = await cursorFor("billing-one");
      const otherKey = server({ cursorKey: new Uint8Array(32).fill(8) });
      const last = cursor.at(-2) === "A" ? "B" : "A";
      const wrong = [
        "",
        "x",
        ".",
        `${cursor}.`,
        cursor.slice(0, -1),
        `${cursor.slice(0, -2)}${last}${cursor.slice(-1)}`,
        `A${cursor}`,
        "A".repeat(100_000),
      ];
      const answers = await Promise.all(wrong.map((each) => call("billing-one", each)));
      expect(answers.map(statusOf)).toEqual(wrong.map(() => 400));
      expect(statusOf(await call("billing-one", cursor, otherKey))).toBe(400);
      expect(JSON.stringify(answers)).toContain("without");
    });

    it("events as they are and in order, with the cursor behind them", async () => {
      const response = server().response(await readingBy("billing-one"), page);
      expect(response.status).toBe(200);
      expect(JSON.parse(response.body)).toEqual([{ id: "1" }, { id: "2" }]);
      const next = await call("billing-one", subject.cursorIn(response));
      expect(readingOf(next)).toMatchObject({ cursor: vector });
    });

    it("where to go on, to a reader whose events are gone", async () => {
      const reading = { ...(await readingBy("billing-one")), cursor: { "east.1": 3 } };
      const response = server().response(reading, { kind: "gone", earliest: { "east.1": 9 } });
      expect(response.status).toBe(410);
      const next = await call("billing-one", subject.cursorIn(response));
      expect(readingOf(next)).toMatchObject({ cursor: { "east.1": 9 } });
    });

    it("when to come again, where it cannot be read now", async () => {
      const response = server().response(await readingBy("billing-one"), { kind: "refused", retryAfterMs: 1_500 });
      expect(response).toMatchObject({ status: 503, headers: { "retry-after": "2" } });
    });

    it("nothing that is kept on the way, and no secret", async () => {
      const reading = await readingBy("billing-one");
      const refused = await call("billing-two", null);
      const responses = [
        server().response(reading, page),
        server().response(reading, { kind: "gone", earliest: {} }),
        server().response(reading, { kind: "refused", retryAfterMs: 1 }),
        ...(refused.kind === "answer" ? [refused.response] : []),
      ];
      for (const { headers } of responses) expect(headers).toMatchObject({ "cache-control": "no-store" });
      expect(JSON.stringify(responses)).not.toMatch(/billing-(one|two)|audit-one/);
    });
  });
};
