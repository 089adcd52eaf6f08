import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { targetOf } from "./path.ts";

describe("the target of a request", () => {
  const table: readonly (readonly [string, string, Record<string, string> | undefined, string | null])[] = [
    ["", "", undefined, "/"],
    ["", "?a=b", undefined, "/?a=b"],
    ["/api", "", undefined, "/api"],
    ["/api", "v1/orders", undefined, "/api/v1/orders"],
    ["/api", "/v1/orders", { a: "b c", d: "é" }, "/api/v1/orders?a=b+c&d=%C3%A9"],
    ["/api", "/v1?x=1", { a: "b" }, "/api/v1?x=1&a=b"],
    ["/api", "/a..b/.c/d.", undefined, "/api/a..b/.c/d."],
    ["/api", "/a?back=/../b", undefined, "/api/a?back=/../b"],
    ["/api", "/a/../b", undefined, null],
    ["/api", "..", undefined, null],
    ["/api", "/%2e%2E/b", undefined, null],
    ["/api", "/a%2F..%2fb", undefined, null],
    ["/api", "//host/b", undefined, null],
    ["/api", "https://host/b", undefined, null],
    ["/api", "/a b", undefined, null],
    ["/api", "/ä", undefined, null],
    ["/api", "/a#b", undefined, null],
  ];
  it.each(table)("%s + %s + %j = %s", (base, path, query, expected) => {
    expect(targetOf(base, path, query)).toBe(expected);
  });

  it("is none, or below the site's url as every reader of urls sees it", () => {
    const piece = fc.constantFrom(
      "/",
      ".",
      "..",
      "%2e",
      "%2F",
      "?",
      "#",
      "\\",
      "a",
      "@",
      ":",
      "http://b",
      " ",
      "\r\n",
      "é",
      ";",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const target = targetOf("/api", pieces.join(""), undefined);
        if (target === null) return;
        const url = new URL(target, "https://partner.example");
        expect([url.host, url.hash, url.pathname]).toEqual(["partner.example", "", target.split("?")[0]]);
        expect(url.pathname).toMatch(/^\/api(\/|$)/);
      }),
      { numRuns: 2_000 },
    );
  });
});
