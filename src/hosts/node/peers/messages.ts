import * as z from "zod";
import type { PullReply, PullRequest, Segment, VoterReply, VoterRequest } from "../../../core/ports.ts";
import type { JournalName, JournalRecord, Vector } from "../../../core/records.ts";

/** The value that a text of a peer holds; null where it is none. */
export type Parse<T> = (text: string) => T | null;

const count = z.int().min(0);
const journal = z.templateLiteral([z.string(), ".", z.int()]);
const vector = z.record(z.string(), count).transform((given): Vector => given as Record<JournalName, number>);
const vectors = z.record(z.string(), vector);
const reach = z.record(z.string(), z.object({ ok: z.boolean(), ageMs: z.number() }));
const recordKinds = [
  "entry",
  "settlement",
  "resubmit",
  "switch",
  "handback",
  "conflict",
  "cursor",
  "consumer",
  "pruned",
] as const satisfies readonly JournalRecord["kind"][];
/**
 * Records come by the thousand from a peer that proved itself and wrote them under these very types: only their kind is
 * looked at.
 */
const record = z.custom<JournalRecord>(
  (given) => typeof given === "object" && given !== null && "kind" in given && kinds.has(given.kind),
);
const kinds: ReadonlySet<unknown> = new Set(recordKinds);
const segment: z.ZodType<Segment> = z.object({
  connector: z.string(),
  journal,
  from: count,
  to: count,
  records: z.array(z.object({ position: count, record })),
});
const common = { region: z.string(), incarnation: count, vectors, ready: z.boolean(), reach };
const pullRequest: z.ZodType<PullRequest> = z.object({ ...common, waitMs: z.int().min(0).max(60_000) });
const pullReply: z.ZodType<PullReply> = z.object({
  ...common,
  askerIncarnation: count,
  segments: z.array(segment),
  more: z.boolean(),
});

const handback = z.object({
  marks: z.record(z.string(), z.object({ journal, position: count, held: vector, doubted: z.exactOptional(vector) })),
  epoch: count,
});
const asked = { duty: z.string(), connector: z.exactOptional(z.string()), holder: z.string(), generation: count };
const voterRequest: z.ZodType<VoterRequest> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("acquire"),
    ...asked,
    epoch: count,
    rowEpoch: z.exactOptional(count),
    confirmedGeneration: z.exactOptional(count),
  }),
  z.object({ kind: z.literal("renew"), ...asked, epoch: count }),
  z.object({ kind: z.literal("release"), ...asked, epoch: count, handback: z.exactOptional(handback) }),
  z.object({ kind: z.literal("read"), ...asked, wanted: z.boolean() }),
]);
const lease = { holder: z.string().nullable(), epoch: count, expired: z.boolean() };
const voterReply: z.ZodType<VoterReply> = z.object({
  ...lease,
  granted: z.boolean(),
  highestEpoch: count,
  exceptions: z.record(z.string(), z.object(lease)),
  handback: handback.nullable(),
  seenGeneration: count,
  confirmedGeneration: count,
  wanted: z.boolean(),
});

const parser =
  <T>(schema: z.ZodType<T>): Parse<T> =>
  (text) => {
    try {
      return schema.safeParse(JSON.parse(text)).data ?? null;
    } catch {
      return null;
    }
  };

export const parsePullRequest = parser(pullRequest);
export const parsePullReply = parser(pullReply);
export const parseVoterRequest = parser(voterRequest);
export const parseVoterReply = parser(voterReply);

/** Most characters of records in one reply to a pull, about. */
const longestReply = 16_000_000;

/** About how long a record is as text: of most kinds all are short. */
const lengthOf = (record: JournalRecord): number => {
  if ("payload" in record) return record.payload.length;
  return record.kind === "cursor" ? record.value.length : 200;
};

/** Cuts a reply to what travels well in one piece. The rest is asked for again. */
export const cut = (reply: PullReply): PullReply => {
  let room = longestReply;
  const segments: Segment[] = [];
  for (const segment of reply.segments) {
    const fitting = segment.records.findIndex(({ record: each }) => {
      room -= lengthOf(each);
      // One record always fits: else nothing would ever move on.
      return room < 0 && (segments.length > 0 || each !== segment.records[0]?.record);
    });
    if (fitting === -1) {
      segments.push(segment);
      continue;
    }
    const records = segment.records.slice(0, fitting);
    const last = records.at(-1);
    if (last !== undefined) segments.push({ ...segment, to: last.position, records });
    return { ...reply, segments, more: true };
  }
  return reply;
};
