import { describe, expect, it } from "vitest";
import type { InboundRecord, RecordReceiver, RecordResult } from "../port.ts";

/** A receiver of connector `orders` of partner `acme` with one site, `main`, to whose queue the partner writes. */
export interface RecordSubject {
  receiver(nowMs: number): RecordReceiver;
  /** What the queue hands over. `id` null: a message without an identity of the partner's. */
  record(message: { readonly id: string | null; readonly text: string; readonly messageId: string }): InboundRecord;
}

const nowMs = 1_700_000_000_000;
const storedIn = (result: RecordResult) => JSON.parse(result.kind === "message" ? result.input.payload : "{}");

export const recordContract = (name: string, subject: RecordSubject): void => {
  const message = { id: "m-1", text: "hello", messageId: "q-1" };
  const receive = (change: Partial<typeof message> | { readonly id: null } = {}, at = nowMs): RecordResult =>
    subject.receiver(at).receive(subject.record({ ...message, ...change }));

  describe(`${name} receives from a queue`, () => {
    it("a message under its identity, as it was written", () => {
      const result = receive();
      expect(result).toMatchObject({ kind: "message", input: { identity: "/acme/orders m-1", key: null } });
      expect(storedIn(result)).toMatchObject({
        body: subject.record(message).body,
        site: "main",
        receivedAt: new Date(nowMs).toISOString(),
      });
    });

    it("the same message under the same identity again, whatever the queue calls it", () => {
      const again = receive({ messageId: "q-2" }, nowMs + 60_000);
      expect(again).toMatchObject({ input: { identity: "/acme/orders m-1" } });
    });

    it("a message without an identity as one that says what is wrong with it, the same at every delivery", () => {
      const first = receive({ id: null });
      expect(storedIn(first)).toMatchObject({ problem: expect.stringContaining("no identity") });
      expect(receive({ id: null })).toEqual(first);
    });

    it("anything that may lie in a queue, without a throw", () => {
      const record = subject.record(message);
      for (const body of ["", "{", "null", "\u0000\uffff", '{"__proto__":{"a":1}}', "[".repeat(5_000)]) {
        expect(["message", "refused"]).toContain(subject.receiver(nowMs).receive({ ...record, body }).kind);
      }
    });
  });
};
