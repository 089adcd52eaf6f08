// docs/taxonomy.md, written from the tables: the page cannot say anything else than the gateway does.
import { responseDefaults } from "./policy.ts";
import {
  type Against,
  type ErrorClass,
  errorTable,
  ownAgainst,
  type StatusRow,
  statusTable,
  type Verdict,
} from "./taxonomy.ts";
import { awsCodeTable, type CodeRow } from "./taxonomy-aws.ts";
import { formatDuration } from "./units.ts";

const verdicts: Readonly<Record<Verdict, string>> = {
  delivered: "the event is settled",
  retry: "not taken: the same again after a pause, with the same identity",
  wait: "the site is well and asks for a pause: the same again after the time that it named",
  fault: "refused for good: listed by `isthmus faults`; later events go on, or wait for their key (`onFault`)",
  unknown: "may have been taken: `onUnknown` decides between sending again, asking, and a person",
};

const opponents: Readonly<Record<Against, string>> = {
  nobody: "the site is well",
  event: "the event alone; the site is well",
  site: "the site: some of these in a row open its breaker, and enough of them lead to the other site",
  credentials: "our credentials at the site: its breaker opens; no event is a fault for it, and no site is switched",
  link: "the way there: a region that reaches the site takes over, and the site is not switched for it",
  us: "ourselves; the site is judged neither well nor failing",
};

const errors: Readonly<Record<ErrorClass, string>> = {
  "connection-refused": "connection refused",
  "name-unknown": "no such name",
  "name-service-down": "no name service",
  "tls-failure": "no TLS",
  "certificate-refused": "our certificate refused",
  unreachable: "no route",
  "address-refused": "an address that may not be called",
  "timeout-before-write": "timeout before the first byte",
  "timeout-after-write": "timeout after the first byte",
  "reset-before-write": "connection lost before the first byte",
  "reset-after-write": "connection lost after the first byte",
  "aborted-before-write": "ended by us before the first byte",
  "aborted-after-write": "ended by us after the first byte",
  "answer-unreadable": "an answer that is not HTTP",
};

/** Markdown of the whole page. */
export const taxonomyPage = (): string => `# What an answer means

Written from [the tables](../src/define/taxonomy.ts) by \`npm run docs\`; change them, not this page.

Every request to a partner's site ends in a verdict, and the verdict counts against somebody. What a connector says itself
goes before: its \`judge\`, then its \`responses\`, then these tables.

${table(
  ["verdict", "what happens"],
  entries(verdicts).map(([verdict, text]) => [code(verdict), text]),
)}

${table(
  ["counts against", "what that is"],
  entries(opponents).map(([against, text]) => [code(against), text]),
)}

## An answer came

The first row that fits rules.

${table(["status", "verdict", "counts against", "reason"], statusTable.map(statusCells))}

## No answer came

Where certainly no byte of the request reached the site, the event was not sent: it may go to another site, and no lookup is
needed.

${table(["how it ended", "sent", "verdict", "counts against", "reason"], entries(errorTable).map(errorCells))}

## A queue or a bus of AWS answered

What \`sqs\` and \`event-bridge\` are told by a code, of the answer or of the entry in it. A code that is not here: its status
tells, as above; of an entry that failed it is \`unknown\`.

${table(["code", "verdict", "counts against", "reason"], awsCodeTable.map(codeCells))}

## A connector's own rules

1. \`via.judge\`, code, sees every answer; what it returns rules, \`null\` leaves it to the next. One that throws makes the
   verdict \`unknown\`, against \`us\`.
2. \`via.responses\`, data, gives a verdict by status: \`responses: { 409: "wait" }\`.
3. The tables.

A verdict of the connector's own counts as follows:

${table(
  ["verdict", "counts against"],
  entries(ownAgainst).map(([verdict, against]) => [code(verdict), code(against)]),
)}

Neither sees a request without an answer. \`Retry-After\` is read from every answer, as seconds or as a date, and is cut to
${formatDuration(responseDefaults.longestWaitMs)}. Polls are judged by the tables alone.
`;

const statusCells = ({ from, to, retryAfter, verdict, against, reason }: StatusRow): readonly string[] => {
  const range = from === to ? `${from}` : `${from}-${to}`;
  const header = retryAfter === undefined ? "" : ` ${retryAfter ? "with" : "without"} \`Retry-After\``;
  return [from === 0 ? "any other" : `${range}${header}`, code(verdict), code(against), reason];
};

const codeCells = ({ codes, verdict, against, reason }: CodeRow): readonly string[] => [
  codes.map(code).join(", "),
  code(verdict),
  code(against),
  reason,
];

const errorCells = ([error, row]: readonly [ErrorClass, (typeof errorTable)[ErrorClass]]): readonly string[] => [
  errors[error],
  row.sent ? "perhaps" : "no",
  code(row.verdict),
  code(row.against),
  row.reason,
];

const code = (text: string): string => `\`${text}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** `Object.entries` with the keys of a record that has them all. */
const entries = <K extends string, V>(record: Readonly<Record<K, V>>): readonly (readonly [K, V])[] =>
  (Object.keys(record) as K[]).map((key) => [key, record[key]]);
