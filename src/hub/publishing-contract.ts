import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HubEvent } from "../define/spec.ts";
import type { HubPublishing, PublishResult } from "./port.ts";

/** A hub under test, and somebody who takes its events. */
export interface PublishingUnderTest {
  readonly hub: HubPublishing;
  /** What came to the taker since it was asked last, at least so many. */
  taken(atLeast: number): Promise<readonly HubEvent[]>;
  dispose(): Promise<void>;
}

const event = (id: string, more: Partial<HubEvent> = {}): HubEvent => ({
  type: "order.placed",
  id,
  source: "/shop/orders",
  time: "2026-11-23T12:00:00Z",
  data: { id },
  ...more,
});

/** What every hub promises who publishes to it. */
export const publishingContract = (name: string, open: () => Promise<PublishingUnderTest>): void => {
  describe(`publishing to the hub ${name}`, () => {
    let subject: PublishingUnderTest;
    beforeAll(async () => {
      subject = await open();
    }, 120_000);
    afterAll(() => subject?.dispose());

    const publish = (events: readonly HubEvent[], mayWrite?: () => boolean): Promise<PublishResult> =>
      new Promise((done) => subject.hub.publish(events, done, mayWrite));
    const identities = (events: readonly HubEvent[]) => [...new Set(events.map(({ id }) => id))].sort();

    it("gives events as they were published, with everything that stands on them", async () => {
      const extended = { ...event("1", { subject: "x", partitionkey: "k", sequence: "7", correlationid: "c" }) };
      const full = { ...extended, data: [1, "ž"], isthmusorigin: "acme,globex", traceparent: "00-1-2-01" };
      expect(await publish([full])).toEqual({ kind: "published" });
      expect(await subject.taken(1)).toEqual([full]);
    });

    it("takes more than fits one call", async () => {
      const many = Array.from({ length: 23 }, (_, at) => event(`many-${at}`));
      expect(await publish(many)).toEqual({ kind: "published" });
      expect(identities(await subject.taken(23))).toEqual(many.map(({ id }) => id).sort());
    });

    it("takes an event that was published before as the same event", async () => {
      expect(await publish([event("twice")])).toEqual({ kind: "published" });
      expect(await publish([event("twice")])).toEqual({ kind: "published" });
      expect(identities(await subject.taken(1))).toEqual(["twice"]);
    });
  });
};
