import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { readSettings } from "./read.ts";
import { GlobalSettings, RegionSettings } from "./settings.ts";

beforeEach(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "isthmus"));
const set = (config: Record<string, string>) => pulumi.runtime.setAllConfig(config);

test("nothing set is every default", () => {
  set({});
  expect(readSettings(RegionSettings, "s")).toEqual({ only: [], paused: [] });
  expect(readSettings(GlobalSettings, "s")).toEqual({ secrets: {}, settings: {}, loopback: [] });
});

test("a secret has one value, or two while it rotates", () => {
  set({ "isthmus:secrets": '{"a":"one","b":["new","old"]}' });
  expect(readSettings(GlobalSettings, "s").secrets).toEqual({ a: ["one"], b: ["new", "old"] });
});

test("a port is read from text", () => {
  set({ "isthmus:basePort": "7600" });
  expect(readSettings(GlobalSettings, "s").basePort).toBe(7600);
});

test("a wrong key is named", () => {
  set({ "isthmus:only": "github-pushes", "isthmus:paused": '["a", 1]' });
  expect(() => readSettings(RegionSettings, "local.east")).toThrow(
    /local\.east[\s\S]*isthmus:only: [\s\S]*isthmus:paused\.1: /,
  );
});

test("a secret with no value, or three, is refused without being shown", () => {
  set({ "isthmus:secrets": '{"a":"","b":["x1secret","x2secret","x3secret"]}' });
  expect(() => readSettings(GlobalSettings, "s")).toThrow(/isthmus:secrets\.a: [\s\S]*isthmus:secrets\.b: /);
  expect(() => readSettings(GlobalSettings, "s")).toThrow(expect.not.stringContaining("x1secret"));
});
