import { describe, expect, test } from "vitest";
import { PlanError } from "../problems.ts";
import type { GatewayFacts } from "./facts.ts";
import { planGateway } from "./plan.ts";

const facts: GatewayFacts = {
  platform: "local",
  environment: "dev",
  regions: ["east", "west"],
  topology: "active-active",
  home: "/state",
};

test("a plan holds the defaults, and a witness where the number of regions is even", () => {
  expect(planGateway("events", facts, { region: "east" })).toMatchObject({
    basePort: 7400,
    witness: true,
    loopback: [],
    lease: { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 },
  });
  expect(planGateway("events", { ...facts, regions: ["a", "b", "c"] }).witness).toBe(false);
});

describe("while a region is added or removed", () => {
  const three = ["east", "west", "north"];

  test("the witness stays until the new set alone decides", () => {
    const plan = (change: Partial<GatewayFacts>) => planGateway("events", { ...facts, regions: three, ...change });
    expect(plan({ changingFrom: ["east", "west"], generation: 2 })).toMatchObject({ witness: true, generation: 2 });
    expect(plan({ generation: 3 })).toMatchObject({ witness: false, changingFrom: [] });
  });

  test("the region that leaves is still planned", () => {
    const leaving = { ...facts, changingFrom: three, generation: 4 };
    expect(planGateway("events", leaving, { region: "north" }).witness).toBe(true);
    expect(() => planGateway("events", { ...facts, generation: 5 }, { region: "north" })).toThrow(
      "region: 'north' is not one of",
    );
  });
});

describe("a wrong field is named", () => {
  const wrong: readonly (readonly [string, Partial<GatewayFacts>, string])[] = [
    ["a platform that is not built", { platform: "kubernetes" }, "platform: 'kubernetes' is not built yet"],
    [
      "a topology that does not exist",
      { topology: "active-passive" },
      "topology: must be active-active or primary-secondary",
    ],
    ["an environment that cannot be in a name", { environment: "My Env" }, "environment: must be lower-case letters"],
    ["no region", { regions: [] }, "regions: names no region"],
    ["a region twice", { regions: ["east", "east"] }, "regions: names a region twice"],
    ["ten regions", { regions: [..."abcdefghij"] }, "regions: must be at most 9 names, not 10"],
    [
      "two regions added at once",
      { regions: ["east", "west", "north", "south"], changingFrom: ["east", "west"], generation: 2 },
      "changingFrom: must differ from regions by one region, not by +north, +south",
    ],
    ["a change that is not counted", { changingFrom: ["east"] }, "generation: must be even while changingFrom names"],
    [
      "a region with the witness's name",
      { regions: ["east", "witness"] },
      "regions[1]: 'witness' is the name of something else",
    ],
    ["a port below 1024", { basePort: 80 }, "basePort: must be a whole number from 1024 to 65335, not 80"],
    ["a relative folder", { home: "state" }, "home: must be an absolute path, not 'state'"],
    [
      "a partner's address that is not loopback",
      { loopback: ["10.0.0.1:80"] },
      "loopback[0]: must be a loopback address",
    ],
    ["a loopback address without a port", { loopback: ["127.0.0.1"] }, "loopback[0]: must be a loopback address"],
  ];
  test.each(wrong)("%s", (_, change, message) => {
    expect(() => planGateway("events", { ...facts, ...change })).toThrow(message);
  });

  test("a region that the environment does not have", () => {
    expect(() => planGateway("events", facts, { region: "north" })).toThrow("region: 'north' is not one of east, west");
  });

  test.each(["https://127.0.0.1:3128", "http://10.0.0.1:3128", "http://127.0.0.1", "http://u:p@127.0.0.1:3128"])(
    "a proxy that is not on this machine, or not plain: %s",
    (outboundProxy) => {
      const plan = () => planGateway("events", facts, { region: "east", outboundProxy });
      expect(plan).toThrow("outboundProxy: must be a loopback address with its port");
    },
  );

  test("all problems are told at once", () => {
    const plan = () => planGateway("events", { ...facts, platform: "azure", regions: ["A"] }, { region: "b" });
    expect(plan).toThrow(PlanError);
    expect(plan).toThrow(/regions\[0\][\s\S]*platform[\s\S]*region: 'b'/);
  });
});
