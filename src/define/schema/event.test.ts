import { expect, test } from "vitest";
import { parseHubEvent } from "./event.ts";

const wallMs = Date.parse("2026-11-23T12:00:00Z");
const event = { specversion: "1.0", id: "1", source: "s", type: "t", time: "2026-11-23T11:00:00Z", data: { a: 1 } };

test("an event comes through with what the hub knows", () => {
  const parsed = parseHubEvent({ ...event, partitionkey: "k", unknownextension: "x" }, wallMs);
  expect(parsed).toEqual({ id: "1", source: "s", type: "t", time: event.time, partitionkey: "k", data: { a: 1 } });
});

test("an event without time or data gets the time it came and null", () => {
  const { time: _time, data: _data, ...bare } = event;
  expect(parseHubEvent(bare, wallMs)).toMatchObject({ time: "2026-11-23T12:00:00.000Z", data: null });
});

test.each<[string, unknown]>([
  ["id", { ...event, id: "" }],
  ["type", { ...event, type: undefined }],
  ["source", { ...event, source: 1 }],
  ["time", { ...event, time: "noon" }],
  ["specversion", { ...event, specversion: "0.3" }],
  ["partitionkey", { ...event, partitionkey: "" }],
  ["event", null],
])("a bad %s is named", (field, given) => {
  expect(() => parseHubEvent(given, wallMs)).toThrow(field);
});
