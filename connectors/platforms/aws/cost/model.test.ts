import { expect, test } from "vitest";
import { idleConnector, idleGateway, million, type Prices, sum } from "./model.ts";

const prices: Prices = {
  lambdaGbSecond: 0.00001,
  lambdaRequest: 0.000001,
  tableWriteUnit: 0.000001,
  tableReadUnit: 0.000001,
  queueRequest: 0.000001,
  busEvent: 0.000001,
  apiRequest: 0.000001,
  scheduleCall: 0.000001,
  alarmMonth: 1,
  secretMonth: 1,
  keyMonth: 1,
  logGb: 1,
};
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

test("an alarm more is an alarm's price more", () => {
  const [one, two] = [1, 2].map((count) => sum(idleConnector({ [ALARM]: count }, prices)));
  expect((two ?? 0) - (one ?? 0)).toBeCloseTo(1);
});

test("only a queue that a function reads costs something while it is empty", () => {
  const stream = sum(idleConnector({ [MAPPING]: 1 }, prices));
  expect(sum(idleConnector({ [MAPPING]: 1, "aws:sqs/queue:Queue": 3 }, prices))).toBeCloseTo(stream);
  expect(sum(idleConnector({ [MAPPING]: 2 }, prices))).toBeGreaterThan(stream);
});

test("a lease that is half as long is renewed twice as often", () => {
  const renewals = (ttlMs: number) =>
    idleGateway({}, prices, { ttlMs, voters: 3, regions: 2 }).find(({ what }) => what.startsWith("renewals"))?.dollars;
  expect(renewals(15_000)).toBeCloseTo(2 * (renewals(30_000) ?? 0));
});

test("a write is paid in each region, a read where it is read", () => {
  const of = { reads: 1, writes: 2, calls: "none" } as const;
  const tables = million("send", of, prices, 3).find(({ what }) => what.startsWith("tables"));
  expect(tables?.dollars).toBeCloseTo(2 * 3 + 1);
});
