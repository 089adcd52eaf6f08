import { expect, it } from "vitest";
import type { Translation } from "../../../core/ports.ts";
import type { EntryRecord } from "../../../core/records.ts";
import { ingressOf } from "../../../drivers/testing.ts";
import { BoundedTranslator } from "./translator.ts";

const payload = JSON.stringify({ headers: {}, body: '{"n":1}', site: "main", receivedAt: "2026-01-01T00:00:00Z" });
const entry: EntryRecord = {
  kind: "entry",
  identity: "/shop/orders 1",
  key: null,
  sequence: null,
  payload,
  acceptedAt: 0,
  after: {},
};
const translated = (translate: () => unknown): Translation[] => {
  const seen: Translation[] = [];
  const translator = new BoundedTranslator(ingressOf({ translate: translate as never }), { limitMs: 50 });
  translator.translate("orders", entry, null, (translation) => seen.push(translation));
  return seen;
};

it("makes events of a message", () => {
  expect(translated(() => [{ type: "order.placed", data: {} }])).toMatchObject([
    { kind: "output", output: [{ type: "order.placed", id: "1", source: "/shop/orders" }] },
  ]);
});

it("a translation that never returns is a fault of its entry, and the next one is made", () => {
  const endless = (): never => {
    for (;;);
  };
  expect(translated(endless)).toEqual([{ kind: "fault", reason: "translation did not return within 0.05s" }]);
  expect(translated(() => [])).toEqual([{ kind: "ignored" }]);
});

it("one that throws is a fault with what it threw", () => {
  const broken = (): never => {
    throw new TypeError("no field 'total'");
  };
  expect(translated(broken)).toEqual([{ kind: "fault", reason: "no field 'total'" }]);
});
