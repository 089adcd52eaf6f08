import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MODES, needsWitness } from "../mode.ts";
import { endpoints, MOST_REGIONS, ports, processConfig, type Site, stateFolder, WITNESS } from "./plan.ts";

const site: Site = {
  environment: "dev",
  mode: "active-active",
  regions: ["east", "west"],
  changingFrom: [],
  generation: 1,
  home: "/state",
  basePort: 7400,
};
const tokens = { peer: "peer", admin: "admin" };

describe("ports", () => {
  test("the witness has the first port, each region two of its own ten", () => {
    expect(ports(site, WITNESS)).toEqual({ public: null, admin: 7400 });
    expect(ports(site, "east")).toEqual({ public: 7410, admin: 7411 });
    expect(ports(site, "west")).toEqual({ public: 7420, admin: 7421 });
    expect(ports({ ...site, mode: "primary-secondary" }, "east")).toEqual({ public: 7510, admin: 7511 });
  });

  test("a region that the environment does not have has none", () => {
    expect(() => ports(site, "south")).toThrow("'south' is not one of east, west");
  });

  test("no two processes of an environment share a port, whatever the mode", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MOST_REGIONS }),
        fc.integer({ min: 1024, max: 60_000 }),
        (count, basePort) => {
          const regions = Array.from({ length: count }, (_, index) => `r${index}`);
          const all = MODES.flatMap((mode) =>
            [...regions, WITNESS].flatMap((name) => Object.values(ports({ ...site, mode, regions, basePort }, name))),
          ).filter((port) => port !== null);
          expect(new Set(all).size).toBe(all.length);
          expect(Math.max(...all)).toBeLessThan(basePort + 200);
        },
      ),
    );
  });
});

test("the two modes of an environment share no folder", () => {
  expect(stateFolder(site, "east")).toBe("/state/dev.active-active/east");
  expect(stateFolder({ ...site, mode: "primary-secondary" }, "east")).toBe("/state/dev.primary-secondary/east");
});

test("a witness votes where the regions could be cut in half", () => {
  expect([1, 2, 3, 4].map((count) => needsWitness(Array.from({ length: count }, String)))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test("a region knows the other regions as peers and all processes as voters", () => {
  const config = processConfig(site, "west", tokens, { loopback: ["127.0.0.1:9443"] });
  expect(config).toMatchObject({
    kind: "region",
    region: "west",
    stateDir: "/state/dev.active-active/west",
    publicPort: 7420,
    adminPort: 7421,
    peers: { east: "http://127.0.0.1:7411" },
    voters: { east: "http://127.0.0.1:7411", west: "http://127.0.0.1:7421", witness: "http://127.0.0.1:7400" },
    loopback: ["127.0.0.1:9443"],
  });
});

test("a region calls through the proxy that its stack names, and through none where it names none", () => {
  const outboundProxy = "http://127.0.0.1:3128";
  expect(processConfig(site, "west", tokens, { loopback: [], outboundProxy })).toMatchObject({ outboundProxy });
  expect(processConfig(site, "west", tokens, { loopback: [] })).not.toHaveProperty("outboundProxy");
});

test("a witness has no public port, and every region as a peer", () => {
  const config = processConfig(site, WITNESS, tokens, { loopback: [] });
  expect(config.kind).toBe("witness");
  expect(config).not.toHaveProperty("publicPort");
  expect(Object.keys(config.peers)).toEqual(["east", "west"]);
});

describe("while the set of regions changes", () => {
  const two = ["east", "west"];
  const three = [...two, "north"];
  const steps: readonly Site[] = [
    site,
    { ...site, generation: 2, changingFrom: two, regions: three },
    { ...site, generation: 3, regions: three },
    { ...site, generation: 4, changingFrom: three, regions: two },
    { ...site, generation: 5, regions: two },
  ];
  const config = (generation: number, name: string) =>
    processConfig(steps[generation - 1] ?? site, name, tokens, { loopback: [] });

  test("both sets of voters decide, the witness with the even one", () => {
    const sets = steps.map((_, index) => config(index + 1, "east").voterSets);
    const [old, grown] = [[...two, WITNESS], three];
    expect(sets).toEqual([
      { generation: 1, sets: [old] },
      { generation: 2, sets: [old, grown] },
      { generation: 3, sets: [grown] },
      { generation: 4, sets: [grown, old] },
      { generation: 5, sets: [old] },
    ]);
    for (const [index, { sets: named }] of sets.entries())
      expect(Object.keys(config(index + 1, "east").voters).sort()).toEqual([...new Set(named.flat())].sort());
  });

  test("all regions of both sets know each other, and only those", () => {
    expect(steps.map((_, index) => Object.keys(config(index + 1, "east").peers))).toEqual([
      ["west"],
      ["west", "north"],
      ["west", "north"],
      ["west", "north"],
      ["west"],
    ]);
    expect(config(4, "north")).toMatchObject({ regions: three, peers: { east: expect.any(String) } });
    expect(config(2, WITNESS).regions).toEqual(three);
  });

  test("no process moves to other ports, and the endpoints name all of them", () => {
    for (const name of [...three, WITNESS]) {
      const at = steps.filter((step) => name in endpoints(step).regions).map((step) => ports(step, name));
      expect(new Set(at.map((each) => JSON.stringify(each))).size).toBeLessThanOrEqual(1);
    }
    expect(steps.map((step) => Object.keys(endpoints(step).regions).length)).toEqual([2, 3, 3, 3, 2]);
    expect(steps.map((step) => "witness" in endpoints(step))).toEqual([true, true, false, true, true]);
  });
});

test("the endpoints are the same from every region, with the witness where there is one", () => {
  expect(endpoints(site)).toEqual({
    regions: {
      east: {
        publicUrl: "http://127.0.0.1:7410",
        adminUrl: "http://127.0.0.1:7411",
        tokenFile: "/state/dev.active-active/east/admin-token",
      },
      west: {
        publicUrl: "http://127.0.0.1:7420",
        adminUrl: "http://127.0.0.1:7421",
        tokenFile: "/state/dev.active-active/west/admin-token",
      },
    },
    witness: { adminUrl: "http://127.0.0.1:7400", tokenFile: "/state/dev.active-active/witness/admin-token" },
  });
  expect(endpoints({ ...site, regions: ["east"] })).not.toHaveProperty("witness");
});
