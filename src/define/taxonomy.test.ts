import { describe, expect, test } from "vitest";
import { responseDefaults } from "./policy.ts";
import { type Against, type ErrorClass, errorTable, judgeResponse, statusTable, type Verdict } from "./taxonomy.ts";
import { taxonomyPage } from "./taxonomy-page.ts";

const wallMs = Date.parse("2026-11-23T12:00:00Z");
const answer = (status: number, headers: Record<string, string> = {}) =>
  ({ kind: "answer", response: { status, headers, body: null } }) as const;

/** Row by row: what a status means, and against whom it counts. */
const statuses: readonly (readonly [status: number, retryAfter: string | null, Verdict, Against])[] = [
  [200, null, "delivered", "nobody"],
  [202, null, "delivered", "nobody"],
  [204, null, "delivered", "nobody"],
  [302, null, "retry", "site"],
  [308, null, "retry", "site"],
  [400, null, "fault", "event"],
  [401, null, "retry", "credentials"],
  [403, null, "retry", "credentials"],
  [404, null, "fault", "event"],
  [407, null, "retry", "credentials"],
  [408, null, "retry", "site"],
  [409, null, "fault", "event"],
  [410, null, "fault", "event"],
  [422, null, "fault", "event"],
  [425, null, "retry", "site"],
  [429, "7", "wait", "site"],
  [429, null, "wait", "site"],
  [499, null, "fault", "event"],
  [500, null, "retry", "site"],
  [502, null, "unknown", "site"],
  [503, "7", "wait", "site"],
  [503, null, "retry", "site"],
  [504, null, "unknown", "site"],
  [599, null, "retry", "site"],
  [101, null, "unknown", "site"],
];

test.each(statuses)("%i with Retry-After %s: %s, against %s", (status, retryAfter, verdict, against) => {
  const headers = retryAfter === null ? {} : { "retry-after": retryAfter };
  expect(judgeResponse(answer(status, headers), { wallMs })).toMatchObject({
    verdict,
    against,
    sent: true,
    waitMs: retryAfter === null ? null : 7_000,
  });
});

test("every row of the table is tried by a status above", () => {
  const rowOf = (status: number, hint: boolean) =>
    statusTable.find((row) => status >= row.from && status <= row.to && (row.retryAfter ?? hint) === hint);
  const tried = new Set(statuses.map(([status, retryAfter]) => rowOf(status, retryAfter !== null)));
  expect(statusTable.filter((row) => !tried.has(row))).toEqual([]);
});

const errors: Readonly<Record<ErrorClass, readonly [Verdict, Against, sent: boolean]>> = {
  "connection-refused": ["retry", "site", false],
  "name-unknown": ["retry", "site", false],
  "name-service-down": ["retry", "link", false],
  "tls-failure": ["retry", "site", false],
  "certificate-refused": ["retry", "credentials", false],
  unreachable: ["retry", "link", false],
  "address-refused": ["fault", "us", false],
  "timeout-before-write": ["retry", "site", false],
  "timeout-after-write": ["unknown", "site", true],
  "reset-before-write": ["retry", "site", false],
  "reset-after-write": ["unknown", "site", true],
  "aborted-before-write": ["retry", "us", false],
  "aborted-after-write": ["unknown", "us", true],
  "answer-unreadable": ["unknown", "site", true],
};

const classes = (Object.keys(errorTable) as ErrorClass[]).map((error) => [error, ...errors[error]] as const);
test.each(classes)("%s: %s, against %s, sent %s", (error, verdict, against, sent) => {
  expect(judgeResponse({ kind: "error", error, detail: "why" }, { wallMs })).toMatchObject({
    verdict,
    against,
    sent,
    waitMs: null,
    reason: expect.stringContaining("why"),
  });
});

test("the page has every row, in the order in which they rule", () => {
  const page = taxonomyPage();
  const places = statusTable.map(({ reason }) => page.indexOf(`| ${reason} |`));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const { verdict, against, sent, reason } of Object.values(errorTable)) {
    expect(page).toContain(`| ${sent ? "perhaps" : "no"} | \`${verdict}\` | \`${against}\` | ${reason} |`);
  }
});

test("nothing that was sent without an answer is retried as if it had not been", () => {
  for (const row of Object.values(errorTable)) if (row.sent) expect(row.verdict).toBe("unknown");
});

describe("a connector's own verdicts", () => {
  test("by status stand over the table", () => {
    const judging = { wallMs, responses: { 409: "wait" } } as const;
    expect(judgeResponse(answer(409), judging)).toMatchObject({ verdict: "wait", against: "site" });
    expect(judgeResponse(answer(410), judging)).toMatchObject({ verdict: "fault" });
  });

  test("by code stand over those by status: an error in a 200", () => {
    const judge = ({ status }: { status: number }) => (status === 200 ? "fault" : null) as Verdict | null;
    const judging = { wallMs, responses: { 200: "retry", 500: "fault" }, judge } as const;
    expect(judgeResponse(answer(200), judging)).toMatchObject({ verdict: "fault", against: "event" });
    expect(judgeResponse(answer(500), judging)).toMatchObject({ verdict: "fault" });
    expect(judgeResponse(answer(503), judging)).toMatchObject({ verdict: "retry" });
  });

  test("a judge that throws makes it unknown, and that is ours", () => {
    const judge = () => {
      throw new Error("no such field");
    };
    expect(judgeResponse(answer(200), { wallMs, judge })).toMatchObject({
      verdict: "unknown",
      against: "us",
      reason: expect.stringContaining("no such field"),
    });
  });
});

test.each([
  ["120", 120_000],
  ["0", 0],
  ["Mon, 23 Nov 2026 12:00:30 GMT", 30_000],
  ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
  ["soon", null],
  ["99999999", responseDefaults.longestWaitMs],
])("Retry-After: %s waits %s ms", (header, waitMs) => {
  expect(judgeResponse(answer(429, { "retry-after": header }), { wallMs }).waitMs).toBe(waitMs);
});
