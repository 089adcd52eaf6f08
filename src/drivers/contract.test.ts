import { expect, it } from "vitest";
import { builtDrivers } from "../define/drivers.ts";
import {
  type FeedSubject,
  feedContract,
  type PollSubject,
  pollContract,
  type ReceiveSubject,
  type RecordSubject,
  receiveContract,
  recordContract,
  type SendSubject,
  sendContract,
} from "./contract/index.ts";
import { eventBridgeReceiveSubject, eventBridgeSendSubject } from "./event-bridge/contract-subjects.ts";
import { httpFeedSubject, httpPollSubject, httpReceiveSubject, httpSendSubject } from "./http/contract-subjects.ts";
import type { DriverName } from "./port.ts";
import { drivers } from "./registry.ts";
import { sqsPollSubject, sqsReceiveSubject, sqsSendSubject } from "./sqs/contract-subjects.ts";

interface Subjects {
  /** Of calls, or of what lies in a queue. */
  readonly receive?: { readonly calls: ReceiveSubject } | { readonly records: RecordSubject };
  readonly poll?: PollSubject;
  readonly send?: SendSubject;
  readonly feed?: FeedSubject;
}
const subjects: Readonly<Record<DriverName, Subjects>> = {
  http: { receive: { calls: httpReceiveSubject }, poll: httpPollSubject, send: httpSendSubject, feed: httpFeedSubject },
  sqs: { receive: { records: sqsReceiveSubject }, poll: sqsPollSubject, send: sqsSendSubject },
  "event-bridge": { receive: { records: eventBridgeReceiveSubject }, send: eventBridgeSendSubject },
};

it.each(Object.entries(drivers))("driver %s brings a subject for each of its roles", (name, driver) => {
  const given = Object.entries(subjects).find(([subject]) => subject === name)?.[1];
  expect(Object.keys(given ?? {}).sort()).toEqual(Object.keys(driver).sort());
});

it("the roles that definitions may use are those that are built", () => {
  const roles = Object.entries(drivers).map(([name, driver]) => [name, Object.keys(driver).sort()]);
  const built = Object.entries(builtDrivers).map(([name, of]) => [name, [...of].sort()]);
  expect(built).toEqual(roles);
});

for (const [name, { receive, poll, send, feed }] of Object.entries(subjects)) {
  if (receive !== undefined) {
    if ("calls" in receive) receiveContract(name, receive.calls);
    else recordContract(name, receive.records);
  }
  if (poll !== undefined) pollContract(name, poll);
  if (send !== undefined) sendContract(name, send);
  if (feed !== undefined) feedContract(name, feed);
}
