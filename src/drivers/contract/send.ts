import { describe, expect, it, vi } from "vitest";
import type { Answer, Delivery } from "../../core/ports.ts";
import type { Sender } from "../port.ts";

const secret = "whsec_c2VjcmV0LW9uZQ==";

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
