// The components against a recording engine, as in a preview (nothing computed is known) and as in a deployment.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Gateway } from "../gateway/gateway.ts";
import { Witness } from "../gateway/witness.ts";
import { LocalProvider } from "../platforms/local/resources.ts";
import { record, resolved } from "../test-support/record.ts";
import { SameCloudConnector } from "./same-cloud.ts";

const folder = mkdtempSync(join(resolve(import.meta.dirname), ".definitions-"));
const file = (name: string): string => join(folder, name);
const head = `import * as z from "zod";
import { defineConnector, definePartner, githubWebhook, http, secret, setting } from "isthmus";
`;

beforeAll(() => {
  writeFileSync(
    file("receive.ts"),
    `${head}export default defineConnector({
  partner: definePartner({ name: "github", location: "internet", auth: { kind: "bearer", token: secret("github-api") } }),
  via: http.receive(githubWebhook(secret("github-webhook"))),
  message: z.object({ name: z.string() }),
  events: { "name.given": z.object({ name: z.string() }) },
  translate: ({ body }) => ({ type: "name.given", data: { name: body.name } }),
});`,
  );
  writeFileSync(
    file("send.ts"),
    `${head}export default defineConnector({
  partner: definePartner({ name: "billing", location: "same-cloud", url: setting("billing-url") }),
  via: http.send({ format: "standard-webhooks", sign: { scheme: "standard-webhooks", key: secret("billing-key") } }),
  events: { "name.given": z.object({ name: z.string() }) },
  idempotency: "event-id",
});`,
  );
  writeFileSync(
    file("poll.ts"),
    `${head}export default defineConnector({
  partner: definePartner({ name: "weather", location: "internet", url: setting("weather-url"),
    auth: { kind: "bearer", token: secret("weather-token") } }),
  via: http.poll({ path: "/v1/names", every: "1m", cursor: { kind: "link" }, acrossSites: "exact" }),
  message: z.object({ name: z.string() }),
  events: { "name.given": z.object({ name: z.string() }) },
  id: ({ body }) => body.name,
  translate: ({ body }) => ({ type: "name.given", data: { name: body.name } }),
});`,
  );
  writeFileSync(
    file("feed.ts"),
    `${head}export default defineConnector({
  partner: definePartner({ name: "insurer", location: "same-cloud", auth: { kind: "bearer", token: secret("insurer-api") } }),
  via: http.feed({ readers: { claims: { scheme: "bearer", token: secret("insurer-claims") } }, retention: "30d" }),
  events: { "name.given": z.object({ name: z.string() }) },
});`,
  );
  writeFileSync(
    file("on-prem.ts"),
    `${head}export default defineConnector({
  partner: definePartner({ name: "erp", location: "on-prem", url: "https://erp.example" }),
  via: http.send(), events: { "name.given": z.object({ name: z.string() }) }, idempotency: "event-id",
});`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const facts = {
  platform: "local",
  environment: "dev",
  regions: ["east", "west"],
  topology: "active-active",
  home: "/state",
};
const computed = (type: string): Record<string, unknown> =>
  type === "isthmus:local:Region"
    ? { processId: "p1", publicUrl: "http://127.0.0.1:7410", adminUrl: "http://127.0.0.1:7411", tokenFile: "/state/t" }
    : type === "isthmus:local:Token"
      ? { value: "made-once" }
      : {};

function gateway(options?: pulumi.ComponentResourceOptions): Gateway {
  return new Gateway("events", { ...facts, region: "east", peerToken: pulumi.secret("peer") }, options);
}

describe.each([true, false])("in a preview: %s", (preview) => {
  test("a gateway and a connector are a process and a bundle, under their components and with the given provider", async () => {
    const { seen, done } = await record(preview, { outputs: computed });
    const providers = [new LocalProvider("local")];
    new SameCloudConnector(
      "pushes",
      {
        gateway: gateway({ providers }).handle,
        definition: file("receive.ts"),
        secrets: { "github-webhook": pulumi.secret("now"), "github-api": "api", unused: "u" },
        previousSecrets: { "github-webhook": "before" },
      },
      { providers },
    );
    await done();
    const children = seen.filter(({ type }) => type.startsWith("isthmus:local:"));
    expect(children.map(({ type, name, parent }) => [type, name, parent.split("::").at(-1)])).toEqual([
      ["isthmus:local:Region", "events-region", "events"],
      ["isthmus:local:Connector", "pushes-connector", "pushes"],
    ]);
    expect(children.every(({ provider }) => provider.includes("pulumi:providers:isthmus::local"))).toBe(true);
    expect(children.map(({ secret }) => secret)).toEqual([["peerToken"], ["secrets"]]);
    const plain = seen.flatMap(({ inputs, secret }) => Object.entries(inputs).filter(([key]) => !secret.includes(key)));
    const leaks = plain.filter(([, value]) => /"(peer|now|before|api|u)"/.test(JSON.stringify(value)));
    expect(leaks.map(([key]) => key)).toEqual([]);
  });

  test("a witness is made where the number of regions is even, and only there", async () => {
    const { seen, done } = await record(preview, { outputs: computed });
    new Witness("even", facts);
    new Witness("odd", { ...facts, regions: ["a", "b", "c"] });
    await done();
    expect(
      seen
        .filter(({ type }) => type.startsWith("isthmus:local:"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["even-process", "even-token", "odd-token"]);
  });
});

test("a connector gets the secrets that its role uses, rotating ones with both values, and no other", async () => {
  const { seen, done } = await record(false, { outputs: computed });
  new SameCloudConnector("pushes", {
    gateway: gateway().handle,
    definition: file("receive.ts"),
    secrets: { "github-webhook": "now", unused: "u" },
    previousSecrets: { "github-webhook": "before" },
  });
  await done();
  const secrets = seen.find(({ name }) => name === "pushes-connector")?.inputs.secrets;
  expect(secrets).toMatchObject({ value: { "github-webhook": ["now", "before"] } });
  expect(JSON.stringify(secrets)).not.toContain("unused");
});

test.each([
  ["receive", "http://127.0.0.1:7410/names", { "github-webhook": "s" }],
  ["feed", "http://127.0.0.1:7410/names", { "insurer-claims": "s" }],
  ["poll", null, { "weather-token": "s" }],
  ["send", null, { "billing-key": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }],
] as const)("in the role %s the partner calls %s", async (role, endpoint, secrets) => {
  const { seen, done } = await record(false, { outputs: computed });
  const connector = new SameCloudConnector("names", {
    gateway: gateway().handle,
    definition: file(`${role}.ts`),
    settings: { "billing-url": "https://billing.example", "weather-url": "https://weather.example" },
    secrets: { ...secrets, "insurer-api": "unused", "github-api": "unused" },
  });
  await done();
  expect(connector.endpoint ? await resolved(connector.endpoint) : null).toBe(endpoint);
  expect(await resolved(connector.digest)).toMatch(/^[0-9a-f]{64}$/);
  const given = seen.find(({ name }) => name === "names-connector")?.inputs.secrets;
  expect(Object.keys(Object(Reflect.get(Object(given), "value")))).toEqual(Object.keys(secrets));
});

describe("refused before anything is made", () => {
  const make = async (name: string, args: Partial<ConstructorParameters<typeof SameCloudConnector>[1]>) => {
    const { seen, done } = await record(true, { outputs: computed });
    const handle = gateway().handle;
    const attempt = () => new SameCloudConnector(name, { gateway: handle, definition: file("send.ts"), ...args });
    return { attempt, made: () => done().then(() => seen.filter(({ type }) => type.includes("Connector"))) };
  };

  test("a secret that is missing, by its name", async () => {
    const { attempt, made } = await make("invoices", { settings: { "billing-url": "https://billing.example" } });
    expect(attempt).toThrow(/connector invoices cannot be deployed:\n.*billing-key/);
    expect(await made()).toEqual([]);
  });

  test("a setting that is missing, by its name", async () => {
    const { attempt } = await make("invoices", { secrets: { "billing-key": "s" } });
    expect(attempt).toThrow(/connector invoices cannot be deployed:\n.*billing-url/);
  });

  test("a partner at a location that this component does not reach", async () => {
    const { attempt } = await make("erp", { definition: file("on-prem.ts") });
    expect(attempt).toThrow("partner.location: 'on-prem' is not reached by this component");
  });

  test("a name that cannot stand in a URL", async () => {
    const { attempt } = await make("Invoices 1", {});
    expect(attempt).toThrow("'Invoices 1' must be lower-case letters");
  });

  test("a gateway that is not a handle", async () => {
    const { attempt } = await make("invoices", { gateway: "east" });
    expect(attempt).toThrow("gateway: must be the `handle` of a Gateway");
  });
});
