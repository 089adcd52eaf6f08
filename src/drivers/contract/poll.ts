import { describe, expect, it, vi } from "vitest";
import type { ReadAnswer, Reading } from "../../core/ports.ts";
import type { Reader } from "../port.ts";

export type SourceBehaviour =
  | "gives"
  | "fails"
  | "asks-to-wait-7s"
  | "refuses-us"
  | "hangs"
  | "cuts"
  /** It answers that all is well, with a page for people. */
  | "apologizes";

/** A reader of connector `orders` of partner `acme`, with a source `main` that the test controls. */
export interface PollWorld {
  readonly reader: Reader;
  /** Appends to what the source has. It gives two at a time, in this order. `id` null: one without an identity. */
  add(...items: readonly { readonly id: string | null; readonly text: string }[]): void;
  /** Of a source that hides what it gave: shows it again. Default: it hides nothing. */
  again?(): void;
  behave(behaviour: SourceBehaviour): void;
  /** How often the source was asked. */
  asked(): number;
  /** All bytes that reached the source. */
  bytes(): number;
  /** The source refuses connections from now on. */
  stop(): Promise<void>;
}
export interface PollSubject {
  /** `secret`: what the reader proves itself with. */
  start(secret: string): Promise<PollWorld>;
}

const secret = "c2VjcmV0LW9uZQ==";
const itemOf = (id: string) => ({ id, text: `text of ${id}` });
const [a, b, c, d] = [itemOf("a"), itemOf("b"), itemOf("c"), itemOf("d")];

const readingOf = (change: Partial<Reading>): Reading => ({
  connector: "orders",
  site: "main",
  cursor: null,
  duty: { region: "east", epoch: 7 },
  timeoutMs: 2_000,
  mayWrite: () => true,
  ...change,
});

const read = ({ reader }: PollWorld, change: Partial<Reading> = {}): Promise<ReadAnswer> =>
  new Promise((resolve) => void reader.read(readingOf(change), resolve));

const identitiesOf = ({ page }: ReadAnswer): readonly string[] => (page?.inputs ?? []).map(({ identity }) => identity);

/** Page after page until the source has no more, as a poller does. */
const readAll = async (world: PollWorld, from: string | null = null) => {
  const identities: string[] = [];
  let cursor = from;
  for (;;) {
    const answer = await read(world, { cursor });
    if (answer.page === null) throw new Error(answer.reason);
    identities.push(...identitiesOf(answer));
    cursor = answer.page.cursor ?? cursor;
    if (!answer.page.more) return { identities: [...new Set(identities)], cursor };
  }
};

export const pollContract = (name: string, subject: PollSubject): void => {
  const inWorld = (run: (world: PollWorld) => Promise<void>) => async (): Promise<void> => {
    const world = await subject.start(secret);
    try {
      await run(world);
    } finally {
      await new Promise<void>((resolve) => world.reader.close(resolve));
      await world.stop();
    }
  };

  const troubles: readonly (readonly [SourceBehaviour, Partial<ReadAnswer>])[] = [
    ["fails", { verdict: "retry", against: "site", sent: true }],
    ["asks-to-wait-7s", { verdict: "wait", against: "site", sent: true, waitMs: 7_000 }],
    ["refuses-us", { verdict: "retry", against: "credentials", sent: true }],
    ["hangs", { verdict: "unknown", against: "site", sent: true }],
    ["cuts", { verdict: "unknown", against: "site", sent: true }],
    ["apologizes", { verdict: "retry", against: "site", sent: true }],
  ];

  describe(`${name} polls`, () => {
    it(
      "what a source has, in order, page after page, each item under its identity",
      inWorld(async (world) => {
        world.add(a, b, c);
        const first = await read(world);
        expect(first).toMatchObject({ verdict: "delivered", against: "nobody", sent: true, page: { more: true } });
        expect(identitiesOf(first)).toEqual(["/acme/orders a", "/acme/orders b"]);
        const [input] = first.page?.inputs ?? [];
        expect(JSON.parse(input?.payload ?? "")).toMatchObject({
          site: "main",
          body: expect.stringContaining("text of a"),
        });
        world.again?.();
        expect((await readAll(world)).identities).toEqual(["/acme/orders a", "/acme/orders b", "/acme/orders c"]);
      }),
    );

    it(
      "what came since, from the cursor of what came before",
      inWorld(async (world) => {
        world.add(a, b, c);
        const { cursor } = await readAll(world);
        world.add(d);
        const { identities } = await readAll(world, cursor);
        expect(identities).not.toContain("/acme/orders a");
        expect(identities).toContain("/acme/orders d");
      }),
    );

    it(
      "nothing of a source that has nothing, and reads on from where it stood",
      inWorld(async (world) => {
        const empty = await read(world);
        expect(empty).toMatchObject({ verdict: "delivered", page: { inputs: [], cursor: null, more: false } });
        world.add(a);
        expect((await readAll(world)).identities).toEqual(["/acme/orders a"]);
      }),
    );

    it(
      "the same item under the same identity again, also one without an identity",
      inWorld(async (world) => {
        world.add(a, { id: null, text: "whose am I" });
        const first = identitiesOf(await read(world));
        world.again?.();
        expect(identitiesOf(await read(world))).toEqual(first);
        expect(new Set(first).size).toBe(2);
      }),
    );

    it(
      "an item without an identity as one that says what is wrong with it, and goes on",
      inWorld(async (world) => {
        world.add({ id: null, text: "whose am I" }, b, c);
        const [input] = (await read(world)).page?.inputs ?? [];
        world.again?.();
        const [lost, ...others] = (await readAll(world)).identities;
        expect(lost).toMatch(/^\/acme\/orders sha256-[0-9a-f]{64}$/);
        expect(others).toEqual(["/acme/orders b", "/acme/orders c"]);
        expect(JSON.parse(input?.payload ?? "")).toMatchObject({
          problem: expect.stringContaining("no identity"),
          body: expect.stringContaining("whose am I"),
        });
      }),
    );

    it.each(troubles)("no page of a source that %s", (behaviour, expected) =>
      inWorld(async (world) => {
        world.add(a);
        world.behave(behaviour);
        const answer = await read(world, { timeoutMs: behaviour === "hangs" ? 50 : 2_000 });
        expect(answer).toMatchObject({ ...expected, page: null });
        expect(JSON.stringify(answer)).not.toContain(secret);
      })(),
    );

    it(
      "with not one byte where it may not, on a new connection and on one that stands",
      inWorld(async (world) => {
        world.add(a);
        const refused = { verdict: "retry", against: "us", sent: false, page: null };
        expect(await read(world, { mayWrite: () => false })).toMatchObject(refused);
        expect(world.bytes()).toBe(0);
        await read(world);
        const bytes = world.bytes();
        expect(await read(world, { mayWrite: () => false })).toMatchObject(refused);
        await read(world);
        expect([world.asked(), world.bytes()]).toEqual([2, 2 * bytes]);
      }),
    );

    it(
      "a source that is not there: certainly nothing",
      inWorld(async (world) => {
        await world.stop();
        expect(await read(world)).toMatchObject({ verdict: "retry", against: "site", sent: false, page: null });
      }),
    );

    it(
      "until it is ended: then there is no page, answered once",
      inWorld(async (world) => {
        world.behave("hangs");
        const done = vi.fn<(answer: ReadAnswer) => void>();
        const reading = world.reader.read(readingOf({}), done);
        await vi.waitFor(() => expect(world.asked()).toBe(1));
        reading.abort();
        reading.abort();
        expect(done.mock.calls).toMatchObject([[{ verdict: "unknown", against: "us", sent: true, page: null }]]);
      }),
    );

    it(
      "keeping no secret in what it reads",
      inWorld(async (world) => {
        world.add(a, b);
        expect(JSON.stringify(await read(world))).not.toContain(secret);
      }),
    );

    it(
      "nothing when it probes",
      inWorld(async (world) => {
        const probe = () => new Promise((resolve) => world.reader.probe("orders", "main", resolve));
        expect(await probe()).toBe(true);
        world.behave("fails");
        expect(await probe()).toBe(false);
        await world.stop();
        expect(await probe()).toBe(false);
        expect(world.asked()).toBe(0);
      }),
    );
  });
};
