import { describe, expect, test } from "vitest";
import { ingressOf } from "../../../drivers/testing.ts";
import { translate } from "./translate.ts";

describe("an item that had no identity when it was read", () => {
  const problem = "no identity: id: the message gives none";
  const work = {
    identity: "/depot/stock sha256-00",
    payload: JSON.stringify({
      headers: {},
      body: '{"sku":"a1"}',
      site: "main",
      receivedAt: "2026-01-01T00:00:00Z",
      problem,
    }),
    site: null,
  };
  const stock = { translate: () => [{ type: "stock.changed", data: {} }] };
  const skuOf = ({ body }: { readonly body: unknown }): string => (body as { readonly sku: string }).sku;

  test("is published under the one that a corrected definition finds", () => {
    const made = translate(ingressOf({ ...stock, id: skuOf }), work);
    expect(made.kind === "output" && JSON.parse(made.output)).toMatchObject([{ id: "a1", source: "/depot/stock" }]);
  });

  test("is the fault that it was while the definition finds none, or could not make a message of it", () => {
    const none = (): string => {
      throw new Error("none");
    };
    const fault = { kind: "fault", reason: problem };
    expect(translate(ingressOf(stock), work)).toEqual(fault);
    expect(translate(ingressOf({ ...stock, id: none }), work)).toEqual(fault);
    expect(translate(ingressOf({ ...stock, id: skuOf, adapt: (item) => item }), work)).toEqual(fault);
  });
});
