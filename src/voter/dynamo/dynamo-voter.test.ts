import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ministack, startMinistack } from "../../../test/aws/ministack/ministack.ts";
import { makeTable } from "../../../test/aws/ministack/tables.ts";
import { AwsClient } from "../../aws/client.ts";
import { DynamoTable } from "../../aws/dynamo/dynamo-table.ts";
import { MemoryStore, MemoryTable } from "../../aws/dynamo/memory-table.ts";
import type { Table } from "../../aws/dynamo/table.ts";
import { Endpoints } from "../../aws/endpoints.ts";
import type { Voter, VoterReply, VoterRequest } from "../../core/ports.ts";
import { TestClock } from "../../core/testing.ts";
import { type OpenVoter, voterContract } from "../contract.ts";
import { DynamoVoter } from "./dynamo-voter.ts";
import { voterKey } from "./voter-item.ts";

const lastsMs = ({ ttlMs, marginMs }: { readonly ttlMs: number; readonly marginMs: number }): number =>
  ttlMs + marginMs;

/** Restarts are new processes at the same table. */
const over =
  (tableOf: () => Promise<{ readonly table: Table; lose(): Promise<void> }>): OpenVoter =>
  async ({ timings, clock, others, duties }) => {
    const { table, lose } = await tableOf();
    let starts = 0;
    const start = (): Voter => {
      starts += 1;
      return new DynamoVoter({ name: "a", table, timings, clock, process: `p${starts}`, others });
    };
    const know = async (voter: Voter): Promise<void> => {
      for (const duty of duties) {
        const read = { kind: "read", duty, holder: "x", generation: 1, wanted: false } as const;
        await new Promise((done) => voter.request(read, done));
      }
    };
    let voter = start();
    await know(voter);
    return {
      get voter() {
        return voter;
      },
      async restart() {
        voter = start();
        await know(voter);
      },
      async loseDisk() {
        await lose();
        voter = start();
        await know(voter);
      },
      async dispose() {},
    };
  };

voterContract(
  "that is a table in memory",
  over(async () => {
    const store = new MemoryStore();
    return { table: new MemoryTable(store), lose: async () => store.clear() };
  }),
  { lastsMs },
);

describe("over MiniStack", () => {
  let aws: Ministack;
  let made = 0;
  beforeAll(async () => {
    aws = await startMinistack({ region: "us-east-1" });
  }, 120_000);
  afterAll(() => aws?.kill());

  voterContract(
    "that is a table of DynamoDB",
    over(async () => {
      made += 1;
      const name = `regional-${made}`;
      await makeTable(aws, name);
      const client = new AwsClient(
        () => ({ accessKeyId: "test", secretAccessKey: "test" }),
        new Endpoints({ "us-east-1": aws.url }),
      );
      const table = new DynamoTable({ client, region: "us-east-1", name, timeoutMs: 2_000 });
      const remove = (duty: string) => new Promise((done) => table.remove(voterKey(duty), done));
      return {
        table,
        lose: async () => {
          for (const duty of ["east", "west"]) await remove(duty);
        },
      };
    }),
    { lastsMs },
  );
});

describe("whoever asks a table", () => {
  const timings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };
  const asked = (voter: Voter, request: VoterRequest): VoterReply | null => {
    let answer: VoterReply | null = null;
    voter.request(request, (reply) => {
      answer = reply;
    });
    return answer;
  };
  const environment = () => {
    const store = new MemoryStore();
    const process = (name: string, clock = new TestClock()) => ({
      clock,
      voter: new DynamoVoter({
        name: "a",
        table: new MemoryTable(store),
        timings,
        clock,
        process: name,
        others: [],
      }),
    });
    const base = { duty: "east", generation: 1 } as const;
    const read = { ...base, kind: "read", holder: "x", wanted: false } as const;
    return { store, process, base, read };
  };

  it("waits by its own time, whatever another process has seen", () => {
    const { process, base, read } = environment();
    const first = process("first");
    asked(first.voter, read);
    first.clock.advance(9_000);
    expect(asked(first.voter, { ...base, kind: "acquire", holder: "east/1", epoch: 1 })).toMatchObject({
      granted: true,
    });
    const second = process("second");
    expect(asked(second.voter, read)).toMatchObject({ expired: false });
    first.clock.advance(60_000);
    expect(asked(second.voter, { ...base, kind: "acquire", holder: "west/1", epoch: 2 })).toMatchObject({
      granted: false,
    });
    second.clock.advance(9_000);
    expect(asked(second.voter, { ...base, kind: "acquire", holder: "west/1", epoch: 2 })).toMatchObject({
      granted: true,
    });
  });

  it("sees the end of a duty's lease although a connector of it is renewed under its own", () => {
    const { process, base, read } = environment();
    const { clock, voter } = process("one");
    asked(voter, read);
    clock.advance(9_000);
    asked(voter, { ...base, kind: "acquire", holder: "east/1", epoch: 1 });
    const lent = { ...base, connector: "orders", holder: "west/1", epoch: 2 } as const;
    expect(asked(voter, { ...lent, kind: "acquire", rowEpoch: 1 })).toMatchObject({ granted: true });
    for (let renewals = 0; renewals < 5; renewals += 1) {
      clock.advance(2_000);
      expect(asked(voter, { ...lent, kind: "renew" })).toMatchObject({ granted: true });
    }
    expect(asked(voter, read)).toMatchObject({ expired: true, exceptions: { orders: { expired: false } } });
  });
});
