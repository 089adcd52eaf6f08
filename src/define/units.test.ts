import { expect, test } from "vitest";
import { durationMs, formatDuration, parseDuration, parseSize, sizeBytes } from "./units.ts";

test.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["1.5s", 1_500],
  ["5m", 300_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["0s", 0],
])("%s is %d ms", (text, ms) => expect(durationMs(text)).toBe(ms));

test.each(["30", "", "s", "-1s", "1 s", "1e3ms", "1w", "Infinitys"])("'%s' is no length of time", (text) => {
  expect(parseDuration(text)).toBeNull();
  expect(() => durationMs(text)).toThrow(RangeError);
});

test.each([
  ["512B", 512],
  ["64KB", 64_000],
  ["5MB", 5_000_000],
  ["1GB", 1_000_000_000],
])("%s is %d bytes", (text, bytes) => expect(sizeBytes(text)).toBe(bytes));

test.each(["5", "5mb", "5 MB", "-1B"])("'%s' is no size", (text) => {
  expect(parseSize(text)).toBeNull();
  expect(() => sizeBytes(text)).toThrow(RangeError);
});

test.each([
  [172_800_000, "48h"],
  [259_200_000, "72h"],
  [90_000, "90s"],
  [120_000, "2m"],
  [1_500, "1500ms"],
  [0, "0ms"],
])("%d ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
