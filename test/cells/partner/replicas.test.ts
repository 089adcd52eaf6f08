import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Replicas, type SiteName } from "./replicas.ts";

let replicas: Replicas<string>;
const at = (site: SiteName) => replicas.at(site).map(({ record }) => record);

beforeEach(() => {
  vi.useFakeTimers();
  replicas = new Replicas<string>({ lagMs: 1_000, admits: (_site, record) => record !== "known" });
});
afterEach(() => {
  replicas.close();
  vi.useRealTimers();
});

test("the other site has what one site wrote a lag later", async () => {
  replicas.write("a", "one");
  expect(at("b")).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(at("b")).toEqual(["one"]);
});

test("a site that dies with loss takes what it had not replicated with it", async () => {
  replicas.write("a", "one");
  await vi.advanceTimersByTimeAsync(1_000);
  replicas.write("a", "two");
  expect(replicas.stop("a", true)).toEqual(["two"]);
  replicas.start("a");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(at("a")).toEqual(["one"]);
  expect(at("b")).toEqual(["one"]);
});

test("a site that comes back gets what it missed, and gives what it kept", async () => {
  replicas.write("a", "one");
  expect(replicas.stop("a", false)).toEqual([]);
  replicas.write("b", "two");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(at("b")).toEqual(["two"]);
  replicas.start("a");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(at("a")).toEqual(["one", "two"]);
  expect(at("b")).toEqual(["two", "one"]);
});

test("a record that the other site has already is not kept twice", async () => {
  replicas.write("a", "known");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(at("b")).toEqual([]);
});
