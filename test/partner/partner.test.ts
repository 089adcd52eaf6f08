import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PartnerProcess, type PartnerSettings } from "../drills/partner.ts";
import type { Line } from "./ledger.ts";

const secret = `whsec_${Buffer.from("a secret of thirty-two bytes, yes").toString("base64")}`;
const newer = `whsec_${Buffer.from("the secret that comes after that").toString("base64")}`;
const ports = { primary: 0, secondary: 0, control: 0 };
let folder: string;
let partner: PartnerProcess;

const start = async (settings: Partial<PartnerSettings> = {}): Promise<void> => {
  partner = await PartnerProcess.start(folder, { ports, secrets: [secret, newer], lagMs: 20, ...settings });
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "partner-"));
});
afterEach(async () => {
  await partner.stop();
  rmSync(folder, { recursive: true });
});

interface Sending {
  site?: "primary" | "secondary";
  key?: string;
  signedWith?: string;
  timeoutMs?: number;
}
const send = (id: string, { site = "primary", key = "a/b", signedWith = secret, timeoutMs }: Sending = {}) => {
  const body = JSON.stringify({ type: "x", data: { repository: key } });
  const now = new Date();
  return fetch(`${partner.urls[site]}/invoices`, {
    method: "POST",
    body,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": new Webhook(signedWith).sign(id, now, body),
    },
    signal: timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs),
  });
};
type Request = Extract<Line, { kind: "request" }>;
const requests = (): Request[] => partner.ledger().filter((line) => line.kind === "request");
const holds = async (site: "primary" | "secondary", id: string): Promise<boolean> =>
  (await fetch(`${partner.urls[site]}/invoices?id=${id}`)).status === 200;

describe("taking", () => {
  test("a signed invoice is taken once, under either secret, and the ledger says so", async () => {
    await start();
    expect((await send("1")).status).toBe(200);
    expect(await (await send("1", { signedWith: newer })).json()).toEqual({ accepted: true, duplicate: true });
    expect(requests()).toMatchObject([
      { id: "1", key: "a/b", verified: true, duplicate: false, effect: 1, sequence: 1, status: 200 },
      { id: "1", verified: true, duplicate: true, effect: null, status: 200 },
    ]);
    expect(await holds("primary", "1")).toBe(true);
    expect(await holds("primary", "2")).toBe(false);
  });

  test("a wrong signature is refused and written down", async () => {
    await start();
    const wrong = `whsec_${Buffer.from("nobody gave us this secret, no no").toString("base64")}`;
    expect((await send("1", { signedWith: wrong })).status).toBe(401);
    expect(requests()).toMatchObject([{ id: "1", verified: false, effect: null, status: 401 }]);
  });

  test("a partner that is not idempotent acts twice", async () => {
    await start({ idempotent: false });
    await send("1");
    await send("1");
    expect(requests().map(({ effect }) => effect)).toEqual([1, 2]);
  });
});

describe("two sites", () => {
  test("what one took, the other knows after the lag", async () => {
    await start();
    await send("1");
    await vi.waitFor(async () => expect(await holds("secondary", "1")).toBe(true));
    expect(await (await send("1", { site: "secondary" })).json()).toMatchObject({ duplicate: true });
  });

  test("stopped with loss, the tail is gone until it is given again, and stays one after the return", async () => {
    await start({ lagMs: 60_000 });
    await send("1");
    expect(await partner.stopSite("primary", true)).toBe(1);
    await expect(send("2")).rejects.toThrow();
    expect(await holds("secondary", "1")).toBe(false);
    expect((await send("1", { site: "secondary" })).status).toBe(200);
    await partner.startSite("primary");
    expect(await holds("primary", "1")).toBe(false);
    expect(partner.ledger().map(({ kind }) => kind)).toEqual(["request", "lost", "stopped", "request", "started"]);
  });

  test("stopped without loss, it gives what it had when it returns", async () => {
    await start();
    await partner.stopSite("secondary", false);
    await send("1");
    await partner.startSite("secondary");
    await vi.waitFor(async () => expect(await holds("secondary", "1")).toBe(true));
  });
});

describe("fault switches", () => {
  test("down refuses connections and comes back at the same port", async () => {
    await start();
    await partner.fault("primary", { kind: "down" });
    await expect(send("1")).rejects.toThrow();
    await partner.fault("primary", { kind: "none" });
    expect((await send("1")).status).toBe(200);
  });

  test.each([
    [{ kind: "limit", retryAfter: 2 } as const, 429],
    [{ kind: "error", status: 500 } as const, 500],
    [{ kind: "error-in-200" } as const, 200],
    [{ kind: "forget" } as const, 200],
  ])("%o answers %i and takes nothing", async (fault, status) => {
    await start();
    await partner.fault("primary", fault);
    const answer = await send("1");
    expect(answer.status).toBe(status);
    expect(answer.headers.get("retry-after")).toBe(fault.kind === "limit" ? "2" : null);
    expect(requests()).toMatchObject([{ id: "1", effect: null, status, fault: fault.kind }]);
    await partner.fault("primary", { kind: "none" });
    expect(await holds("primary", "1")).toBe(false);
  });

  test.each([
    ["hang", null],
    ["silent", 1],
  ] as const)("%s never answers", async (kind, effect) => {
    await start();
    await partner.fault("primary", { kind });
    await expect(send("1", { timeoutMs: 300 })).rejects.toThrow();
    expect(requests()).toMatchObject([{ id: "1", effect, status: null }]);
  });

  test("slow takes it later", async () => {
    await start();
    await partner.fault("primary", { kind: "slow", ms: 300 });
    const before = Date.now();
    expect((await send("1")).status).toBe(200);
    expect(Date.now() - before).toBeGreaterThanOrEqual(295);
  });

  test("an unknown fault is refused", async () => {
    await start();
    const answer = await fetch(`${partner.urls.control}/sites/primary/fault`, {
      method: "PUT",
      body: '{"kind":"odd"}',
    });
    expect(answer.status).toBe(400);
  });
});
