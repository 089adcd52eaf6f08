/**
 * What every driver does in a role, judged from outside: by what a giver is answered and what reaches a taker. A driver
 * brings a subject for each of its roles; contract.test.ts finds them through the registry.
 */
import { describe, expect, it, vi } from "vitest";
import type { Answer, Delivery } from "../core/ports.ts";
import type { InboundRequest, ReceiveResult, Receiver, Sender } from "./port.ts";

// ---- role receive -------------------------------------------------------------------------------------------------

/** A receiver of connector `orders` of partner `acme`, and a giver that can prove itself. */
export interface ReceiveSubject {
  /** Longest age of a message that is still taken; null where the proof has no time. */
  readonly windowMs: number | null;
  receiver(options: {
    readonly secrets: readonly string[];
    readonly limitBytes: number;
    readonly nowMs: number;
  }): Receiver;
  /** What the giver sends. `id` null: a message without an identity. */
  call(message: {
    readonly id: string | null;
    readonly body: string;
    readonly secret: string;
    readonly atMs: number;
  }): InboundRequest;
}

const nowMs = 1_700_000_000_000;
const secret = "whsec_c2VjcmV0LW9uZQ==";
const other = "whsec_c2VjcmV0LXR3bw==";
const limitBytes = 10_000;

const received = (receiver: Receiver, request: InboundRequest): Promise<ReceiveResult> =>
  new Promise((resolve) => receiver.receive(request, resolve));
const statusOf = (result: ReceiveResult): number => (result.kind === "messages" ? result.answerStatus : result.status);

export const receiveContract = (name: string, subject: ReceiveSubject): void => {
  const receiver = (secrets: readonly string[] = [secret], at = nowMs) =>
    subject.receiver({ secrets, limitBytes, nowMs: at });
  const message = { id: "m-1", body: '{"a": 1}', secret, atMs: nowMs };
  const receive = (change: Partial<typeof message> | { readonly id: null }, to = receiver()) =>
    received(to, subject.call({ ...message, ...change }));

  describe(`${name} receives`, () => {
    it("a proved message under its identity, as it was sent", async () => {
      const result = await receive({});
      expect(result).toMatchObject({ kind: "messages", inputs: [{ identity: "/acme/orders m-1", key: null }] });
      const [input] = result.kind === "messages" ? result.inputs : [];
      expect(JSON.parse(input?.payload ?? "")).toMatchObject({
        body: message.body,
        site: "main",
        receivedAt: new Date(nowMs).toISOString(),
      });
    });

    it("the same message under the same identity again", async () => {
      expect(await receive({})).toEqual(await receive({}));
    });

    it("a message proved by either of two valid secrets", async () => {
      const to = receiver([secret, other]);
      expect((await receive({}, to)).kind).toBe("messages");
      expect((await receive({ secret: other }, to)).kind).toBe("messages");
    });

    it("nothing without proof: 401, and no word of why", async () => {
      const wrong = await receive({ secret: other });
      const altered = await received(receiver(), { ...subject.call(message), body: Buffer.from('{"a": 2}') });
      const bare = await received(receiver(), { method: "POST", url: "/", headers: {}, body: Buffer.from("{}") });
      expect([wrong, altered, bare].map(statusOf)).toEqual([401, 401, 401]);
      expect(wrong).toEqual(altered);
      expect(wrong).toEqual(bare);
    });

    it("nothing where no secret is set", async () => {
      expect(statusOf(await receive({}, receiver([])))).toBe(401);
    });

    it("no replay outside the window", async () => {
      const { windowMs } = subject;
      const late = receiver([secret], nowMs + (windowMs ?? 0) + 1_000);
      expect(statusOf(await receive({}, late)) === 401).toBe(windowMs !== null);
    });

    it("nothing over the limit: 413, proved or not", async () => {
      const body = JSON.stringify("x".repeat(limitBytes));
      expect(receiver().limitBytes).toBe(limitBytes);
      expect(statusOf(await receive({ body }))).toBe(413);
      expect(statusOf(await receive({ body, secret: other }))).toBe(413);
    });

    it("nothing without an identity: 400 naming where it should stand", async () => {
      const result = await receive({ id: null });
      expect(result).toMatchObject({ kind: "refused", status: 400, body: expect.stringMatching(/no identity at \S+/) });
    });

    it("any body of a proved giver, and keeps no secret of it", async () => {
      for (const body of ["", "{", "\u0000\uffff", '{"__proto__":{"a":1}}', "[".repeat(5_000)]) {
        const result = await receive({ body });
        expect(result.kind).toBe("messages");
        expect(JSON.stringify(result)).not.toContain(secret);
      }
    });
  });
};

// ---- role send ----------------------------------------------------------------------------------------------------

export type SiteBehaviour = "takes" | "refuses" | "asks-to-wait-7s" | "fails" | "hangs" | "cuts";

/** A sender with a site `main` that the test controls. */
export interface SendWorld {
  readonly sender: Sender;
  /** What the translation of an event gives in this driver's form. */
  readonly output: unknown;
  /** Identities in the order in which the site read them. */
  identities(): readonly string[];
  /** All bytes that reached the site. */
  bytes(): number;
  behave(behaviour: SiteBehaviour): void;
  /** The site refuses connections from now on. */
  stop(): Promise<void>;
}
export interface SendSubject {
  /** `secret`: what the sender proves itself with. */
  start(secret: string): Promise<SendWorld>;
}

const event = { type: "order.placed", id: "o-1", source: "/shop/orders", time: "2026-01-01T00:00:00Z", data: {} };

const deliveryTo = ({ output }: SendWorld, change: Partial<Delivery> = {}): Delivery => ({
  connector: "orders",
  site: "main",
  identity: "/shop/orders o-1",
  round: 0,
  attempt: 1,
  key: null,
  output,
  payload: JSON.stringify(event),
  duty: { region: "east", epoch: 7 },
  timeoutMs: 2_000,
  mayWrite: () => true,
  ...change,
});

const send = (world: SendWorld, change: Partial<Delivery> = {}): Promise<Answer> =>
  new Promise((resolve) => void world.sender.send(deliveryTo(world, change), resolve));

export const sendContract = (name: string, subject: SendSubject): void => {
  const inWorld = (run: (world: SendWorld) => Promise<void>) => async (): Promise<void> => {
    const world = await subject.start(secret);
    try {
      await run(world);
    } finally {
      await new Promise<void>((resolve) => world.sender.close(resolve));
      await world.stop();
    }
  };

  const answers: readonly (readonly [SiteBehaviour, Partial<Answer>])[] = [
    ["takes", { verdict: "delivered", against: "nobody", sent: true }],
    ["refuses", { verdict: "fault", against: "event", sent: true }],
    ["asks-to-wait-7s", { verdict: "wait", against: "site", sent: true, waitMs: 7_000 }],
    ["fails", { verdict: "retry", against: "site", sent: true }],
    ["hangs", { verdict: "unknown", against: "site", sent: true }],
    ["cuts", { verdict: "unknown", against: "site", sent: true }],
  ];

  describe(`${name} sends`, () => {
    it.each(answers)("to a site that %s", (behaviour, expected) =>
      inWorld(async (world) => {
        world.behave(behaviour);
        const answer = await send(world, { timeoutMs: behaviour === "hangs" ? 50 : 2_000 });
        expect(answer).toMatchObject(expected);
        expect(JSON.stringify(answer)).not.toContain(secret);
      })(),
    );

    it(
      "the same identity at every attempt, from every region",
      inWorld(async (world) => {
        await send(world);
        await send(world, { attempt: 2, round: 1, duty: { region: "west", epoch: 8 } });
        const [first, second] = world.identities();
        expect([world.identities().length, first === second]).toEqual([2, true]);
      }),
    );

    it(
      "not one byte of a delivery that may not be written, on a new connection and on one that stands",
      inWorld(async (world) => {
        const refused = { verdict: "retry", against: "us", sent: false };
        expect(await send(world, { mayWrite: () => false })).toMatchObject(refused);
        expect(world.bytes()).toBe(0);
        await send(world);
        const bytes = world.bytes();
        expect(await send(world, { mayWrite: () => false })).toMatchObject(refused);
        await send(world);
        expect([world.identities().length, world.bytes()]).toEqual([2, 2 * bytes]);
      }),
    );

    it(
      "to a site that is not there: certainly nothing",
      inWorld(async (world) => {
        await world.stop();
        expect(await send(world)).toMatchObject({ verdict: "retry", against: "site", sent: false });
      }),
    );

    it(
      "until it is ended: then it is unknown, answered once",
      inWorld(async (world) => {
        world.behave("hangs");
        const done = vi.fn<(answer: Answer) => void>();
        const sending = world.sender.send(deliveryTo(world), done);
        await vi.waitFor(() => expect(world.identities().length).toBe(1));
        sending.abort();
        sending.abort();
        expect(done.mock.calls).toMatchObject([[{ verdict: "unknown", against: "us", sent: true }]]);
      }),
    );

    it(
      "nothing when it probes",
      inWorld(async (world) => {
        const probe = () => new Promise((resolve) => world.sender.probe("orders", "main", resolve));
        expect(await probe()).toBe(true);
        world.behave("fails");
        expect(await probe()).toBe(false);
        await world.stop();
        expect(await probe()).toBe(false);
        expect(world.identities()).toEqual([]);
      }),
    );
  });
};
