import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HubEvent } from "../define/spec.ts";
import type { Hub, HubPage, PublishResult, ReadQuery } from "./port.ts";

/** A hub under test. */
export interface HubUnderTest {
  /** The hub that is open now. */
  readonly hub: Hub;
  /** Ends without closing, as a killed process does, and opens again. */
  crash(): Promise<void>;
  /** Moves the hub's clock; what became due is done before it answers again. */
  advance(ms: number): void;
  /** Wall clock of the hub, in milliseconds. */
  readonly nowMs: number;
  dispose(): Promise<void>;
}

export interface HubSetting {
  readonly keepMs: number;
  readonly trimEveryMs: number;
  readonly maxBytes: number;
}

export type OpenHub = (setting: HubSetting) => Promise<HubUnderTest>;

const setting: HubSetting = { keepMs: 10_000, trimEveryMs: 1_000, maxBytes: 50_000 };

const event = (id: string, more: Partial<HubEvent> = {}): HubEvent => ({
  type: "order.placed",
  id,
  source: "/shop/orders",
  time: "2026-11-23T12:00:00Z",
  data: { id },
  ...more,
});

/** What every adapter of the port `Hub` promises. */
export const hubContract = (name: string, open: OpenHub): void => {
  describe(`the hub ${name}`, () => {
    let subject: HubUnderTest;
    beforeEach(async () => {
      subject = await open(setting);
    });
    afterEach(() => subject.dispose());

    const publish = (...events: readonly HubEvent[]): Promise<PublishResult> =>
      new Promise((done) => subject.hub.publish(events, done));
    /** Publishes without waiting for subscribers: until it is in the log. */
    const put = async (...events: readonly HubEvent[]): Promise<void> => {
      const before = subject.hub.cursorAt("now");
      void publish(...events);
      await vi.waitFor(() => expect(subject.hub.cursorAt("now")).not.toBe(before));
    };
    const read = (query: Partial<ReadQuery> = {}): Promise<HubPage> =>
      new Promise((done) => subject.hub.read({ after: subject.hub.cursorAt("earliest"), limit: 100, ...query }, done));
    const ids = ({ events }: HubPage): readonly string[] => events.map(({ id }) => id);

    it("gives events back as they were, in order", async () => {
      const full = event("3", { subject: "x", partitionkey: "k", sequence: "7", correlationid: "c", data: [1, "ž"] });
      expect(await publish(event("1"), event("2"))).toEqual({ kind: "published" });
      await publish(full);
      const page = await read();
      expect(ids(page)).toEqual(["1", "2", "3"]);
      expect(page.events[2]).toEqual(full);
      expect(await read({ after: page.cursor })).toEqual({ events: [], cursor: page.cursor });
    });

    it("goes on where a page ended", async () => {
      await publish(event("1"), event("2"), event("3"));
      const first = await read({ limit: 2 });
      expect(ids(first)).toEqual(["1", "2"]);
      expect(ids(await read({ after: first.cursor, limit: 2 }))).toEqual(["3"]);
    });

    it("keeps one of an identity, the first, also within one call", async () => {
      await publish(event("1", { data: "first" }));
      const again = await publish(event("1", { data: "second" }), event("2"), event("2"));
      expect(again).toEqual({ kind: "published" });
      await publish(event("1", { source: "/other" }));
      const page = await read();
      expect(page.events.map(({ source, id, data }) => [source, id, data])).toEqual([
        ["/shop/orders", "1", "first"],
        ["/shop/orders", "2", { id: "2" }],
        ["/other", "1", { id: "1" }],
      ]);
    });

    it("waits for the first event as long as it is asked to", async () => {
      const after = subject.hub.cursorAt("now");
      const waiting = read({ after, waitMs: 5_000 });
      await publish(event("1"));
      expect(ids(await waiting)).toEqual(["1"]);
      const inVain = read({ after: subject.hub.cursorAt("now"), waitMs: 5_000 });
      subject.advance(5_000);
      expect(ids(await inVain)).toEqual([]);
    });

    it("begins at the earliest, at now, or at a time", async () => {
      await publish(event("1"));
      subject.advance(1_000);
      const between = new Date(subject.nowMs).toISOString();
      await publish(event("2"));
      const now = subject.hub.cursorAt("now");
      await publish(event("3"));
      expect(ids(await read({ after: subject.hub.cursorAt("earliest") }))).toEqual(["1", "2", "3"]);
      expect(ids(await read({ after: subject.hub.cursorAt({ time: between }) }))).toEqual(["2", "3"]);
      expect(ids(await read({ after: now }))).toEqual(["3"]);
      expect(ids(await read({ after: "of-another-log-99" }))).toEqual(["1", "2", "3"]);
    });

    it("keeps what it answered when it is killed, and its cursors", async () => {
      await publish(event("1"), event("2"));
      const { cursor } = await read({ limit: 1 });
      await subject.crash();
      expect(ids(await read({ after: cursor }))).toEqual(["2"]);
      await publish(event("2"), event("3"));
      expect(ids(await read())).toEqual(["1", "2", "3"]);
    });

    describe("a subscription", () => {
      const taking = (types: readonly string[], after: string, consumer = "billing") => {
        const pages: HubPage[] = [];
        let next = (): void => undefined;
        const subscription = subject.hub.subscribe({ consumer, types, after }, (page, more) => {
          pages.push(page);
          next = more;
        });
        const seen = () => pages.flatMap(({ events }) => events.map(({ id }) => id));
        return { subscription, pages, seen, next: () => next() };
      };

      it("gets what was there and what comes, of its types, a page at a time", async () => {
        await publish(event("1"), event("2", { type: "order.shipped" }));
        const one = taking(["order.placed"], subject.hub.cursorAt("earliest"));
        expect(one.seen()).toEqual(["1"]);
        await put(event("3"));
        await put(event("4"));
        expect(one.seen()).toEqual(["1"]);
        one.next();
        expect(one.seen()).toEqual(["1", "3", "4"]);
        one.next();
        await put(event("5"));
        expect(one.seen()).toEqual(["1", "3", "4", "5"]);
        one.subscription.stop();
        one.next();
        await publish(event("6"));
        expect(one.seen()).toEqual(["1", "3", "4", "5"]);
      });

      it("goes on from a page's cursor after the process was killed", async () => {
        const one = taking(["order.placed"], subject.hub.cursorAt("earliest"));
        await put(event("1"));
        await put(event("2"));
        const cursor = one.pages.at(-1)?.cursor ?? "";
        await subject.crash();
        expect(taking(["order.placed"], cursor).seen()).toEqual(["2"]);
      });

      it("that keeps up has taken what is told to be published", async () => {
        const one = taking(["order.placed"], subject.hub.cursorAt("earliest"));
        const told = vi.fn();
        void publish(event("1")).then(told);
        await vi.waitFor(() => expect(one.seen()).toEqual(["1"]));
        await put(event("2"));
        expect(told).not.toHaveBeenCalled();
        one.next();
        await vi.waitFor(() => expect(told).toHaveBeenCalledWith({ kind: "published" }));
      });

      it("that does not take is waited for once, until it has caught up", async () => {
        const one = taking(["order.placed"], subject.hub.cursorAt("earliest"));
        const told = vi.fn();
        void publish(event("1")).then(told);
        await vi.waitFor(() => expect(one.seen()).toEqual(["1"]));
        subject.advance(60_000);
        await vi.waitFor(() => expect(told).toHaveBeenCalledOnce());
        expect(await publish(event("2"))).toEqual({ kind: "published" });
        one.next();
        one.next();
        void publish(event("3")).then(told);
        await vi.waitFor(() => expect(one.seen()).toEqual(["1", "2", "3"]));
        expect(told).toHaveBeenCalledOnce();
      });

      it("catches up with more than is kept in memory", async () => {
        const many = Array.from({ length: 400 }, (_, at) => event(`${at}`, { data: null }));
        await publish(...many.slice(0, 200));
        await publish(...many.slice(200));
        await subject.crash();
        const one = taking(["order.placed"], subject.hub.cursorAt("earliest"));
        while (one.seen().length < many.length) one.next();
        expect(one.seen()).toEqual(many.map(({ id }) => id));
      });
    });

    describe("retention", () => {
      /** Lets time pass in steps in which the hub takes away what may go. */
      const pass = async (): Promise<void> => {
        subject.advance(setting.keepMs + 1);
        subject.advance(setting.trimEveryMs);
      };

      it("keeps events until every consumer has them and they are old enough", async () => {
        const pages: { page: HubPage; next: () => void }[] = [];
        const consumer = { consumer: "slow", types: ["order.placed"], after: subject.hub.cursorAt("earliest") };
        subject.hub.subscribe(consumer, (page, next) => pages.push({ page, next }));
        await put(event("1"));
        await pass();
        await put(event("2"));
        expect(ids(await read())).toEqual(["1", "2"]);
        pages[0]?.next();
        await vi.waitFor(async () => {
          subject.advance(setting.trimEveryMs);
          expect(ids(await read())).toEqual(["2"]);
        });
        await new Promise<void>((done) => subject.hub.removeConsumer("slow", done));
        await vi.waitFor(async () => {
          await pass();
          expect(ids(await read())).toEqual([]);
        });
      });

      it("refuses at its bound, all or none, and takes events again when some went", async () => {
        const large = event("large", { data: "x".repeat(30_000) });
        expect(await publish(large)).toEqual({ kind: "published" });
        const more = [event("small"), event("larger", { data: "y".repeat(30_000) })];
        expect(await publish(...more)).toMatchObject({ kind: "failed", full: true });
        expect(await publish(large)).toEqual({ kind: "published" });
        expect(ids(await read())).toEqual(["large"]);
        await vi.waitFor(async () => {
          await pass();
          expect(await publish(...more)).toEqual({ kind: "published" });
        });
        expect(ids(await read())).toEqual(["small", "larger"]);
      });
    });
  });
};
