import { expect, it } from "vitest";
import { eventBridgeReceiveSubject } from "./contract-subjects.ts";

const nowMs = 1_700_000_000_000;
const record = eventBridgeReceiveSubject.record({ id: "1", text: "x", messageId: "q-1" });
const receive = (body: string) => eventBridgeReceiveSubject.receiver(nowMs).receive({ ...record, body });

it("an event of another account stays in the queue", () => {
  const body = record.body.replace("111122223333", "999988887777");
  expect(receive(body)).toEqual({ kind: "refused", reason: expect.stringContaining("999988887777") });
});

it("what is no event of a bus stays in the queue", () => {
  expect(receive('{"id":"1"}')).toEqual({ kind: "refused", reason: "it is no event of a bus" });
});
