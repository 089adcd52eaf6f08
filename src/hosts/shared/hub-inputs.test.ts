import { expect, test } from "vitest";
import type { HubEvent } from "../../define/spec.ts";
import { inputOf, type Ordering } from "./hub-inputs.ts";

const event = (data: unknown): HubEvent => ({
  type: "payment.ordered",
  id: "1",
  source: "/shop",
  time: "2026-11-23T12:00:00Z",
  data,
});

/** As resolved from a definition: what users wrote may throw. */
const byVersion: Ordering = {
  partitionkey: () => "p-1",
  sequence: ({ data }) => {
    if (typeof data !== "number") throw new Error("no version");
    return { of: "p-1", number: data };
  },
};

test("an event that the hub gives is accepted with its key and its number", () => {
  expect(inputOf(event(7), byVersion)).toMatchObject({
    identity: "/shop 1",
    key: "p-1",
    sequence: { of: "p-1", number: 7 },
  });
});

test("an event whose number cannot be told is accepted without one", () => {
  expect(inputOf(event("none"), byVersion)).toMatchObject({ key: "p-1", sequence: null });
});
