import { describe, expect, it } from "vitest";
import { answering, idsOf, pass, read, readerOf, type Setting, source } from "../testing.ts";

const link: Setting = { cursor: { kind: "link" }, options: { items: null } };
const linking = (target: string) =>
  answering(() => ({ body: [{ id: "a" }], headers: { link: `<${target}>; rel="next"` } }));

describe("a next link", () => {
  /** Pages `first`, 2 and 3 below `/v1`; only the last links to none. */
  const log = answering((query) => {
    const page = Number(query.get("page") ?? 1);
    const headers: Record<string, string> = page === 3 ? {} : { link: `</v1/orders?page=${page + 1}>; rel="next"` };
    return { body: [{ id: `on page ${page}` }], headers };
  });

  it("is followed to the last page, below the site's url, so that another site understands the cursor", async () => {
    const double = await source(log);
    const reader = readerOf({ ...double, url: `${double.url}/v1/` }, link);
    expect(await pass(reader)).toEqual({
      ids: ["on page 1", "on page 2", "on page 3"],
      cursor: "/orders?page=3",
      pages: 3,
    });
    expect(double.calls.map(({ url }) => url)).toEqual(["/v1/orders", "/v1/orders?page=2", "/v1/orders?page=3"]);
  });

  it.each([
    ["absolute", (url: string) => `${url}/orders?page=2`],
    ["of a path", () => "/orders?page=2"],
    ["of a query", () => "?page=2"],
  ])("may be %s", async (_what, target) => {
    const double = await source(linking("/"));
    double.behave(linking(target(double.url)));
    expect((await read(readerOf(double, link))).page).toMatchObject({ cursor: "/orders?page=2", more: true });
  });

  it.each([
    ["another host", "http://169.254.169.254/latest"],
    ["another port of it", "http://127.0.0.1:1/v1/orders"],
    ["another scheme", "file:///etc/passwd"],
    ["beside the site's path", "/v2/orders"],
    ["a path that begins alike", "/v1x/orders"],
    ["above the site's path", "/v1/../admin"],
    ["above it in disguise", "/v1/%2e%2e%2fadmin"],
  ])("to %s is not followed, and the page not taken", async (_what, target) => {
    const double = await source(linking(target));
    const reader = readerOf({ ...double, url: `${double.url}/v1` }, link);
    expect(await read(reader)).toMatchObject({
      verdict: "retry",
      against: "site",
      reason: expect.stringContaining("next link"),
      page: null,
    });
    expect(double.calls.length).toBe(1);
  });

  it("of an empty page is not followed", async () => {
    const empty = answering(() => ({ body: [], headers: { link: '</orders?page=2>; rel="next"' } }));
    expect((await read(readerOf(await source(empty), link))).page).toMatchObject({ cursor: null, more: false });
  });

  it("is found among others", async () => {
    const headers = { link: '</a>; rel="prev"; title="x, <y>; rel=next", </orders?page=2>; title=z; rel="last next"' };
    const answer = await read(readerOf(await source(answering(() => ({ body: [{ id: "a" }], headers }))), link));
    expect([idsOf(answer), answer.page?.cursor]).toEqual([["a"], "/orders?page=2"]);
  });
});
