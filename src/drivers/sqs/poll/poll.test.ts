import { afterEach, describe, expect, it } from "vitest";
import type { ReadAnswer } from "../../../core/ports.ts";
import { answers } from "../../http/site/site-double.ts";
import { idOf, ingressOf } from "../../testing.ts";
import {
  arnOfQueue,
  inputOf,
  operationOf,
  partnerWith,
  QueueDouble,
  refuses,
  sqsPollSpec,
  startAws,
} from "../testing.ts";
import { SqsReader } from "./poll.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const worldOf = async (queue = new QueueDouble(), spec = sqsPollSpec()) => {
  const aws = await startAws("secret", queue.answer);
  closing.push(aws.close);
  const reader = () => {
    const made = new SqsReader(spec, ingressOf({ id: ({ body }) => idOf(body) }), aws.context);
    closing.push(() => new Promise((done) => made.close(done)));
    return made;
  };
  return {
    aws,
    queue,
    reader,
    calls: (name: string) => aws.service.calls.filter((call) => operationOf(call) === name),
  };
};

const read = (reader: SqsReader, cursor: string | null = null, site = "main"): Promise<ReadAnswer> =>
  new Promise((resolve) => {
    const duty = { region: "east", epoch: 7 };
    reader.read({ connector: "orders", site, cursor, duty, timeoutMs: 2_000, mayWrite: () => true }, resolve);
  });
const cursorOf = ({ page, reason }: ReadAnswer): string => {
  if (page?.cursor === null || page === null) throw new Error(`no cursor: ${reason}`);
  return page.cursor;
};
const order = (id: string) => JSON.stringify({ id });

describe("a queue that is read", () => {
  it("keeps a message until the cursor behind it is presented", async () => {
    const { queue, reader } = await worldOf();
    queue.add(order("1"));
    const one = reader();
    const first = await read(one);
    expect(queue.bodies).toHaveLength(1);
    await read(one, cursorOf(first));
    expect(queue.bodies).toEqual([]);
  });

  it("loses its message by whoever has the cursor, in another region too", async () => {
    const { queue, reader } = await worldOf();
    queue.add(order("1"));
    const first = await read(reader());
    await read(reader(), cursorOf(first));
    expect(queue.bodies).toEqual([]);
  });

  it("gives a message that was not deleted once more, as the same one", async () => {
    const { queue, reader } = await worldOf();
    queue.add(order("1"));
    const one = reader();
    const first = await read(one);
    queue.expire();
    const second = await read(one);
    expect(second.page?.inputs.map(({ identity }) => identity)).toEqual(
      first.page?.inputs.map(({ identity }) => identity),
    );
  });

  it("takes a receipt whose time is over without harm", async () => {
    const { queue, reader } = await worldOf();
    queue.add(order("1"));
    const one = reader();
    const old = cursorOf(await read(one));
    queue.expire();
    const cursor = cursorOf(await read(one));
    queue.expire();
    const again = await read(one, old);
    expect(again).toMatchObject({ verdict: "delivered" });
    expect(again.page?.inputs).toHaveLength(1);
    await read(one, cursorOf(again));
    expect(queue.bodies).toEqual([]);
    expect(cursor).not.toBe(old);
  });

  it("is not asked a second time to delete what it has deleted", async () => {
    const { queue, reader, calls } = await worldOf();
    queue.add(order("1"));
    const one = reader();
    const cursor = cursorOf(await read(one));
    await read(one, cursor);
    await read(one, cursor);
    expect(calls("DeleteMessageBatch")).toHaveLength(1);
  });

  it("that cannot delete now is not read on: the cursor stays", async () => {
    const { aws, queue, reader } = await worldOf();
    queue.add(order("1"));
    const one = reader();
    const cursor = cursorOf(await read(one));
    aws.service.behave(refuses("ThrottlingException"));
    expect(await read(one, cursor)).toMatchObject({ verdict: "wait", page: null });
    aws.service.behave(queue.answer);
    await read(one, cursor);
    expect(queue.bodies).toEqual([]);
  });

  it.each(["", "no cursor", "{}", '{"delete":{"main":[1]}}', "null"])(
    "takes the cursor '%s' for none",
    async (cursor) => {
      const { queue, reader } = await worldOf();
      queue.add(order("1"));
      expect((await read(reader(), cursor)).page?.inputs).toHaveLength(1);
      expect(queue.bodies).toHaveLength(1);
    },
  );

  it("holds nothing up with a message that nothing can be made of", async () => {
    const { queue, reader } = await worldOf();
    queue.add("{ not json");
    queue.add(order("2"));
    const { page } = await read(reader());
    expect(page?.inputs.map(({ payload }) => JSON.parse(payload).problem !== undefined)).toEqual([true, false]);
  });

  it("keeps a message that no store takes, and says so", async () => {
    const { queue, reader } = await worldOf();
    queue.add(JSON.stringify({ id: "1", text: "x".repeat(400_000) }));
    queue.add(order("2"));
    const one = reader();
    const first = await read(one);
    expect(first.page?.inputs.map(({ identity }) => identity)).toEqual(["/acme/orders 2"]);
    expect(first.reason).toContain("1 too large");
    await read(one, cursorOf(first));
    expect(queue.bodies).toHaveLength(1);
  });

  it("tells group, number and deduplication id of a FIFO queue's message", async () => {
    const { queue, reader } = await worldOf();
    queue.add(order("1"), { MessageGroupId: "g", MessageDeduplicationId: "d", SequenceNumber: "18" });
    const [input] = (await read(reader())).page?.inputs ?? [];
    expect(JSON.parse(input?.payload ?? "").headers).toMatchObject({
      "sqs-message-group-id": "g",
      "sqs-message-deduplication-id": "d",
      "sqs-sequence-number": "18",
    });
  });

  it("is read under the partner's role, which is taken on once", async () => {
    const { aws, reader } = await worldOf();
    const one = reader();
    await Promise.all([read(one), read(one)]);
    await read(one);
    expect(aws.roles()).toBe(1);
    expect(aws.service.calls[0]?.headers.authorization).toContain("Credential=ASIA1/");
    expect(aws.service.calls[0]?.headers.authorization).toContain("/us-east-1/sqs/aws4_request");
  });

  it("of a site that the partner has not is no queue", async () => {
    const { aws, queue, reader } = await worldOf();
    queue.add(order("1"));
    aws.service.behave(answers(500));
    expect(await read(reader(), null, "nowhere")).toMatchObject({ verdict: "fault", sent: false });
    expect(aws.service.calls).toEqual([]);
  });
});

describe("queues of an active-active partner", () => {
  const spec = sqsPollSpec(
    { queues: { a: arnOfQueue("orders-a"), b: arnOfQueue("orders-b") } },
    { partner: partnerWith(["a", "b"]) },
  );
  const twoQueues = async () => {
    const [a, b] = [new QueueDouble(), new QueueDouble()];
    const world = await worldOf(a, spec);
    const isB = (url: unknown): boolean => String(url).endsWith("/orders-b");
    world.aws.service.behave((call, response) => {
      if (call.method === "POST") (isB(inputOf(call).QueueUrl) ? b : a).answer(call, response);
    });
    return { ...world, a, b, isB };
  };

  it("are read all at once, each message from its site, and deleted where it lay", async () => {
    const { a, b, reader } = await twoQueues();
    a.add(order("1"));
    b.add(order("2"));
    const one = reader();
    const first = await read(one, null, "a");
    expect(first.page?.inputs.map(({ payload }) => JSON.parse(payload).site)).toEqual(["a", "b"]);
    await read(one, cursorOf(first), "b");
    expect([a.bodies, b.bodies]).toEqual([[], []]);
  });

  it("that fail elsewhere do not hold up the one in use", async () => {
    const { aws, a, isB, reader } = await twoQueues();
    a.add(order("1"));
    aws.service.behave((call, response) =>
      (isB(inputOf(call).QueueUrl) ? refuses("InternalFailure", 500) : a.answer)(call, response),
    );
    const first = await read(reader(), null, "a");
    expect(first).toMatchObject({ verdict: "delivered", reason: expect.stringContaining("b: ") });
    expect(first.page?.inputs).toHaveLength(1);
  });
});
