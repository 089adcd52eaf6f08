import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineConnector, defineEnvironment, definePartner, http, setting } from "../index.ts";
import { leases } from "../policy.ts";
import { problemLine } from "../problem.ts";
import { checkLease } from "./delivery.ts";
import { checkEnvironment } from "./environment.ts";

describe("lease timings", () => {
  test.each(Object.entries(leases))("of %s are well", (_, lease) => expect(checkLease(lease)).toEqual([]));
  test.each([
    ["ttl within 3 renewals", leases.local, 3_000, "lease.ttl"],
    ["a request that outlives the lease", { ...leases.local, requestTimeoutMs: 7_000 }, 2_000, "lease.requestTimeout"],
  ])("%s are refused", (_, lease, renewEveryMs, path) => {
    expect(checkLease(lease, renewEveryMs)).toEqual([expect.objectContaining({ path })]);
  });
});

describe("an environment", () => {
  const local = defineEnvironment({
    platform: "local",
    regions: ["east", "west"],
    connectors: { out: "out.ts" },
    settings: { "p-url": "https://p.example" },
  });
  const out = defineConnector({
    partner: definePartner({ name: "p", location: "internet", url: setting("p-url") }),
    via: http.send(),
    events: { "thing.made": z.object({ thing: z.string() }) },
    idempotency: "event-id",
  });
  const told = (environment: typeof local, secrets?: readonly string[]) =>
    checkEnvironment(environment, { out }, secrets && { secrets }).map(problemLine);

  test("on aws has partners on loopback only with an emulator, whoever lists them", () => {
    const settings = { "p-url": "http://127.0.0.1:9443" };
    const aws = { ...local, settings, platform: "aws", witness: "south" } as const;
    const paths = (environment: typeof local) =>
      checkEnvironment(environment, { out }, { loopback: ["127.0.0.1:9443"] }).map(({ path }) => path);
    expect(paths(aws)).toContain("connectors.out.partner.url");
    expect(paths({ ...aws, endpoints: { east: "http://127.0.0.1:4566" } })).toEqual([]);
  });

  test("that is right has no problem", () => expect(told(local, [])).toEqual([]));
  test.each([
    ["a region is added", { regions: ["east", "west", "north"], changingFrom: ["east", "west"], generation: 2 }],
    ["it was added", { regions: ["east", "west", "north"], generation: 3 }],
    ["the last is removed", { changingFrom: ["east", "west", "north"], generation: 4 }],
  ] as const)("while %s has no problem", (_, change) => expect(told({ ...local, ...change })).toEqual([]));
  test.each<[string, object, string]>([
    ["no region", { regions: [] }, "regions: names no region"],
    ["a domain without zone", { domains: { "active-active": "a.example" } }, "zone: is missing: domains need the id"],
    ["topics on local", { alarmTopics: {} }, "alarmTopics: is for aws only"],
    [
      "a region whose alarms tell nobody",
      { platform: "aws", witness: "w", alarmTopics: { east: "arn:aws:sns:east:123456789012:alarms" } },
      "alarmTopics.west: is missing: alarms tell topics of their own region only",
    ],
    ["a zone without domain", { zone: "Z1" }, "domains: is missing: a zone is for the name that partners call"],
    ["a domain on local", { zone: "Z1", domains: { "active-active": "a.example" } }, "zone: is for aws only"],
    [
      "one domain for both topologies",
      { zone: "Z1", domains: { "active-active": "a.example", "primary-secondary": "a.example" } },
      "domains: the topologies must have different names",
    ],
    ["a region twice", { regions: ["east", "east"] }, "regions: names a region twice"],
    ["a region with capitals", { regions: ["East"] }, "regions: 'East' must be lower-case"],
    ["two regions without witness", { platform: "aws" }, "witness: is missing: 2 regions have no majority"],
    ["a witness that is a region", { witness: "east" }, "witness: 'east' is a region"],
    [
      "loopback on aws",
      { platform: "aws", witness: "w", loopback: ["127.0.0.1:1"] },
      "loopback: is for the local platform only",
    ],
    [
      "loopback that is none",
      { loopback: ["10.0.0.1:9443"] },
      "loopback[0]: '10.0.0.1:9443' is not a loopback address",
    ],
    ["loopback without port", { loopback: ["127.0.0.1"] }, "loopback[0]: '127.0.0.1' is not a loopback address"],
    [
      "a connector without definition",
      { connectors: { out: "out.ts", in: "in.ts" } },
      "connectors.in: its definition is not there",
    ],
    [
      "a setting nobody uses",
      { settings: { "p-url": "https://p.example", "p-urk": "x" } },
      "settings.p-urk: no connector uses it. Did you mean 'p-url'?",
    ],
    [
      "a connector's setting nobody uses",
      { connectors: { out: { definition: "out.ts", settings: { url: "x" } } } },
      "connectors.out.settings.url: no connector uses it",
    ],
    ["a generation of 0", { generation: 0 }, "generation: must be a whole number from 1, not 0"],
    ["an even generation and no change", { generation: 2 }, "generation: 2 is even, which is a change under way"],
    [
      "a change in the first generation",
      { changingFrom: ["east"] },
      "generation: must be even while changingFrom names",
    ],
    ["a change in an odd generation", { changingFrom: ["east"], generation: 3 }, "generation: must be even while"],
    [
      "a change from nothing",
      { changingFrom: [], generation: 2 },
      "generation: 2 is even, which is a change under way",
    ],
    [
      "a change of nothing",
      { changingFrom: ["east", "west"], generation: 2 },
      "changingFrom: must differ from regions by one region, not by none",
    ],
    [
      "two regions added at once",
      { regions: ["east", "west", "north"], changingFrom: ["east"], generation: 2 },
      "changingFrom: must differ from regions by one region, not by +west, +north",
    ],
    [
      "one region exchanged for another",
      { regions: ["east", "north"], changingFrom: ["east", "west"], generation: 2 },
      "changingFrom: must differ from regions by one region, not by +north, -west",
    ],
    [
      "a region added before others",
      { regions: ["north", "east", "west"], changingFrom: ["east", "west"], generation: 2 },
      "regions: 'north' must be added at the end",
    ],
    [
      "a region removed that is not the last",
      { regions: ["east", "north"], changingFrom: ["east", "west", "north"], generation: 4 },
      "regions: only the last region, 'north', can be removed",
    ],
    [
      "a change from two regions without witness",
      { platform: "aws", regions: ["e", "w", "n"], changingFrom: ["e", "w"], generation: 2 },
      "witness: is missing: 2 regions have no majority",
    ],
    [
      "a change of the regions on aws",
      { platform: "aws", witness: "w", regions: ["b", "c"], changingFrom: ["a", "b", "c"], generation: 4 },
      "changingFrom: is not for aws",
    ],
    ["a missing setting", { settings: {} }, "connectors.out.partner.url: setting 'p-url' is missing"],
  ])("with %s is refused", (_, change, line) => {
    expect(told({ ...local, ...change })).toContainEqual(expect.stringContaining(line));
  });
  test("with a connector that is refused does not guess which settings that one would use", () => {
    const refused = { ...out, via: { ...out.via, timeout: "2" } } as unknown as typeof out;
    const lines = checkEnvironment(local, { out: refused }).map(problemLine);
    expect(lines).toContainEqual(expect.stringContaining("connectors.out.via"));
    expect(lines).not.toContainEqual(expect.stringContaining("no connector uses it"));
  });
  test("with a secret that nobody uses is refused", () => {
    expect(told(local, ["hok"])).toEqual(["secrets.hok: no connector uses it"]);
  });
});
