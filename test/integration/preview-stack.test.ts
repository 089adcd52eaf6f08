// A preview stack through the real engine: brought up, driven from outside, changed, broken, destroyed. In order: each
// test goes on from the state that the one before left, as an operator's day does.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { deploy, destroy, preview, refresh } from "../../scripts/deploy/deploy.ts";
import { killRegion } from "../../scripts/deploy/local.ts";
import { countOf, readEndpoints } from "../drills/admin.ts";
import { World } from "./world.ts";

const MINUTES = 60_000;
const Outputs = z.object({
  url: z.url(),
  processId: z.string(),
  endpoints: z.record(z.string(), z.url()),
  digests: z.record(z.string(), z.string()),
});

let world: World;
let east: z.output<typeof Outputs>;
let given = 0;
let destroyed = false;

const give = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    given += 1;
    expect(await world.push(east.endpoints["github-pushes"] ?? "", `delivery-${given}`)).toBe(202);
  }
};
const allArrived = () => expect.poll(() => world.effects(), { timeout: 30_000 }).toBe(given);
const pending = (region: string): Promise<number | null> => {
  const { regions } = readEndpoints(
    join(world.folder, "state", `${world.environment}.active-active`, "endpoints.json"),
  );
  const endpoint = regions[region];
  return endpoint === undefined ? Promise.resolve(null) : countOf(endpoint, "billing-invoices", "pending");
};

beforeAll(async () => {
  // The engine is built here where a machine has none.
  world = await World.make("integration");
}, 15 * MINUTES);
afterAll(async () => {
  if (!destroyed) await destroy({ ...world.options, discard: ["*"], remove: true });
  await world.end();
}, 5 * MINUTES);

describe.sequential("a preview stack", { timeout: 3 * MINUTES }, () => {
  test("comes up, and an event crosses from the giver to the partner", async () => {
    const deployed = await deploy(world.options);
    east = Outputs.parse(deployed[world.stackOf("east")]);
    const west = Outputs.parse(deployed[world.stackOf("west")]);
    expect(west.digests).toEqual(east.digests);
    await give(3);
    await allArrived();
  });

  test("has nothing to change when nothing changed", async () => {
    const changes = Object.values(await preview(world.options));
    expect(changes.map((kinds) => Object.keys(kinds))).toEqual([["same"], ["same"], ["same"]]);
  });

  test("shows a changed translation as a change of that connector alone", async () => {
    const file = join(world.folder, "infra/partners/billing/invoices.ts");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("quantity: 1", "quantity: 2"));
    let shown = "";
    const changes = await preview({ ...world.only("east"), onOutput: (line) => (shown += line) });
    expect(changes[world.stackOf("east")]).toMatchObject({ update: 1 });
    expect(shown).toMatch(/isthmus:local:Connector billing-invoices-connector .*\[diff: ~bundle,digest,source\]/);
  });

  test("takes the change without a restart, and loses nothing given meanwhile", async () => {
    const [deployed] = await Promise.all([deploy(world.only("east")), give(5)]);
    const after = Outputs.parse(deployed[world.stackOf("east")]);
    expect(after.processId).toBe(east.processId);
    expect(after.digests["billing-invoices"]).not.toBe(east.digests["billing-invoices"]);
    expect(after.digests["github-pushes"]).toBe(east.digests["github-pushes"]);
    await allArrived();
  });

  test("sees a killed region as gone, and the next up starts it", async () => {
    expect(await killRegion(world.process("east"))).not.toBeNull();
    await refresh(world.only("east"));
    expect(await preview(world.only("east"))).toMatchObject({ [world.stackOf("east")]: { create: 1 } });
    const deployed = await deploy(world.only("east"));
    const after = Outputs.parse(deployed[world.stackOf("east")]);
    expect(after.processId).not.toBe(east.processId);
    await give(2);
    await allArrived();
  });

  test("is not destroyed while an event waits for the partner, and says how many and what to do", async () => {
    await world.partner.fault("primary", { kind: "down" });
    await world.partner.fault("secondary", { kind: "down" });
    await give(2);
    await expect.poll(() => pending("east"), { timeout: 15_000 }).toBeGreaterThan(0);
    const attempt = destroy(world.only("east"));
    await expect(attempt).rejects.toThrow(/connector billing-invoices in region east still holds [1-9]\d* pending/);
    await expect(attempt).rejects.toThrow(/isthmus drain billing-invoices.*isthmus:discard=billing-invoices/);
    await world.partner.fault("primary", { kind: "none" });
    await world.partner.fault("secondary", { kind: "none" });
    await deploy(world.only("east"));
    await allArrived();
  });

  test("leaves no process, no port and no file when it is destroyed", async () => {
    for (const region of ["east", "west"]) await expect.poll(() => pending(region), { timeout: 30_000 }).toBe(0);
    await destroy({ ...world.options, remove: true });
    destroyed = true;
    expect(world.clone.processes().filter((command) => !command.includes("test/partner"))).toEqual([]);
    expect(await world.clone.openPorts()).toEqual([]);
    expect(readdirSync(join(world.folder, "state")).sort()).toEqual(["backend", "passphrase"]);
    expect(existsSync(join(world.folder, `Pulumi.${world.environment}.global.yaml`))).toBe(false);
  });
});
