import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { drill } from "./drill.ts";
import { FakeGateway, type FakeOptions } from "./fake-gateway.ts";
import { Giver } from "./giver.ts";
import type { Verdict } from "./judge.ts";
import { PartnerProcess } from "./partner.ts";
import { deliveries } from "./payloads.ts";
import { passed, tableOf } from "./table.ts";

const inboundSecret = "the giver's secret";
const outboundSecret = `whsec_${Buffer.from("a secret of thirty-two bytes, yes").toString("base64")}`;
let folder: string;
let partner: PartnerProcess;
let gateway: FakeGateway;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "drill-"));
  const ports = { primary: 0, secondary: 0, control: 0 };
  partner = await PartnerProcess.start(folder, { ports, secrets: [outboundSecret], lagMs: 400 });
});
afterEach(async () => {
  await gateway.close();
  await partner.stop();
  rmSync(folder, { recursive: true });
});

async function runOn(options: Partial<FakeOptions>, patienceMs: number): Promise<Verdict> {
  const { primary, secondary } = partner.urls;
  gateway = await FakeGateway.start({ inboundSecret, outboundSecret, sites: [primary, secondary], ...options });
  const ratePerSecond = 150;
  const giver = new Giver({ endpoints: gateway.endpoints, secret: inboundSecret, ratePerSecond });
  const running = drill({ gateway, partner, giver, deliveries: deliveries(7), ratePerSecond, patienceMs });
  for (const step of running.steps) await step.run();
  return running.verdict();
}

describe("the drill", () => {
  test("passes a gateway that keeps what it acknowledged", async () => {
    const verdict = await runOn({}, 30_000);
    expect(verdict).toMatchObject({ given: 329, acknowledged: 329, received: 277, lost: 0, invented: 0 });
    expect(verdict).toMatchObject({ duplicateEffects: 0, outOfOrder: 0 });
    expect(verdict.takeoverMs).toBeGreaterThan(0);
    expect(verdict.siteSwitchMs).toBeGreaterThan(0);
    expect(partner.ledger()).toContainEqual(expect.objectContaining({ kind: "lost", site: "primary" }));
    expect(passed(verdict)).toBe(true);
  });

  test("shows a gateway that acknowledges and forgets", async () => {
    const verdict = await runOn({ forgetsEvery: 10 }, 500);
    expect(verdict.acknowledged).toBe(329);
    expect(verdict.lost).toBeGreaterThan(0);
    expect(verdict.received + verdict.lost).toBe(277);
    expect(passed(verdict)).toBe(false);
    expect(tableOf(verdict)).toMatch(new RegExp(`lost +│ +${verdict.lost} `));
  });
});
