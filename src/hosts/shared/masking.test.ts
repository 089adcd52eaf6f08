import { expect, test } from "vitest";
import type { FeedSpec } from "../../define/spec.ts";
import { healthSpec } from "./health.ts";
import { maskPayload } from "./masking.ts";

const receive = { ...healthSpec, personal: ["/iban", "/owner/name", "/a~1b"] };
const message = (body: string): string => JSON.stringify({ headers: { h: "1" }, body, site: "main" });

test("fields of a message that are personal are masked, the rest is shown", () => {
  const body = JSON.stringify({ iban: "DE1", amount: 7, owner: { name: "Ann", city: "Ulm" }, "a/b": 1 });
  expect(maskPayload(receive, message(body))).toEqual({
    headers: { h: "1" },
    body: JSON.stringify({ iban: "***", amount: 7, owner: { name: "***", city: "Ulm" }, "a/b": "***" }),
    site: "main",
  });
});

test("a body in which no field can be found is masked as a whole", () => {
  expect(maskPayload(receive, message("iban=DE1"))).toMatchObject({ body: "***" });
});

test("without personal fields the payload is shown as it is", () => {
  expect(maskPayload(healthSpec, message("{}"))).toEqual(JSON.parse(message("{}")));
});

test("of an event that readers get the same fields are masked, by their place in the event", () => {
  const feed: FeedSpec = {
    ...healthSpec,
    role: "feed",
    options: { readers: {}, retentionMs: 0 },
    personal: ["/data/holder"],
  };
  const event = { id: "1", data: { holder: "Ann", policy: "p-1" } };
  expect(maskPayload(feed, JSON.stringify(event))).toEqual({ id: "1", data: { holder: "***", policy: "p-1" } });
});
