import asyncapi from "@asyncapi/specs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Definition } from "../define/connector.ts";
import { defineConnector, definePartner, githubWebhook, http, secret } from "../define/index.ts";
import { parseDefinition } from "../define/parse/parse.ts";
import { leases } from "../define/policy.ts";
import { resolveParsed } from "../define/resolve.ts";
import insurer from "../define/samples/insurer-feed.ts";
import { declarations } from "../define/samples/internal.ts";
import { readings } from "../define/samples/iot.ts";
import type { VerificationSpec } from "../define/spec.ts";
import { proveFixture } from "../drivers/http/proof/prover.ts";
import { matrixPolicy } from "../matrix/policy.ts";
import { contractOf } from "./contract.ts";
import type { ContractInput } from "./input.ts";
import { proofText } from "./vectors.ts";

const shop = definePartner({
  name: "shop",
  location: "internet",
  sites: { a: { url: "https://a.shop.example/api" }, b: { url: "https://b.shop.example/api" } },
  topology: {
    mode: "primary-secondary",
    primary: "a",
    secondary: "b",
    failoverAfter: "90s",
    failback: "manual",
    recoveryPoint: "1m",
  },
});
const order = z.object({ order: z.string(), lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })) });
const orders = defineConnector({
  partner: shop,
  via: http.receive({
    verify: [
      { scheme: "standard-webhooks", key: secret("shop") },
      { scheme: "bearer", token: secret("shop-token") },
    ],
    id: "header:webhook-id",
    limit: "64KB",
  }),
  message: order,
  events: { "order.placed": order },
  onConflict: "reject",
  translate: ({ body }) => ({ type: "order.placed", data: body }),
});
const parcels = defineConnector({
  partner: shop,
  via: http.send({ path: "/parcels", format: "cloudevents", timeout: "3s" }),
  events: { "parcel.sent": z.object({ parcel: z.string() }), "parcel.lost": z.object({ parcel: z.string() }) },
  idempotency: "event-id",
});
const stock = defineConnector({
  partner: shop,
  via: http.poll({ path: "/stock", every: "30s", cursor: { kind: "link" }, acrossSites: "refuse" }),
  message: z.object({ sku: z.string() }),
  id: ({ body }) => body.sku,
  events: { "stock.changed": z.object({ sku: z.string() }) },
  translate: ({ body }) => ({ type: "stock.changed", data: body }),
});

const filesOf = (
  name: string,
  definition: Definition,
  endpoints: Readonly<Record<string, string>> = {},
  fixedAddresses: ContractInput["fixedAddresses"] = {},
) => {
  const read = parseDefinition(definition, {});
  if (read.kind === "refused") throw new Error(JSON.stringify(read.problems));
  const { spec } = resolveParsed(name, read.parsed, leases.local);
  const [page, described] = contractOf({
    spec,
    parsed: read.parsed,
    mode: "active-active",
    regions: ["east", "west"],
    endpoints,
    fixedAddresses,
    policy: matrixPolicy(),
  });
  return {
    page: page?.text ?? "",
    described: described === undefined ? null : JSON.parse(described.text),
    file: described?.name,
  };
};

describe("the description for machines", () => {
  const async3 = new Ajv({ strict: false, validateFormats: false }).compile({
    ...asyncapi.schemasWithoutId["3.0.0"],
  } as object);

  test.each<[string, Definition]>([
    ["a receiver", orders],
    ["a receiver that is numbered", readings],
    ["a feed", insurer],
  ])("of %s is OpenAPI 3.1", async (_, definition) => {
    const { described, file } = filesOf("orders", definition);
    expect(file).toBe("orders.openapi.json");
    expect(described.openapi).toBe("3.1.0");
    expect(await new Validator().validate(described)).toMatchObject({ valid: true });
  });

  test.each<[string, Definition]>([
    ["events as they are", parcels],
    ["what a translation makes, signed", declarations],
  ])("of a sender of %s is AsyncAPI 3.0", (_, definition) => {
    const { described, file } = filesOf("parcels", definition);
    expect(file).toBe("parcels.asyncapi.json");
    expect(async3(described), JSON.stringify(async3.errors?.slice(0, 3))).toBe(true);
  });

  test("can be wrong: both validators refuse what they should", async () => {
    const api = filesOf("orders", orders).described;
    expect(await new Validator().validate({ ...api, paths: { orders: {} } })).toMatchObject({ valid: false });
    expect(async3({ ...filesOf("parcels", parcels).described, operations: { send: { action: "give" } } })).toBe(false);
  });

  test("holds the schema of the messages, which takes what the definition takes", () => {
    const { described } = filesOf("orders", orders);
    const takes = new Ajv2020().compile(described.paths["/orders"].post.requestBody.content["application/json"].schema);
    expect(takes({ order: "o-1", lines: [{ sku: "s", quantity: 2 }] })).toBe(true);
    expect(takes({ order: "o-1", lines: [{ sku: "s", quantity: 0 }] })).toBe(false);
    expect(takes({ lines: [] })).toBe(false);
  });

  test("names the endpoint of every region, and every answer", () => {
    const { described } = filesOf("orders", orders, {
      east: "https://east.acme.example",
      west: "https://west.acme.example",
    });
    expect(described.servers.map(({ url }: { url: string }) => url)).toEqual([
      "https://east.acme.example",
      "https://west.acme.example",
    ]);
    expect(Object.keys(described.paths["/orders"].post.responses)).toEqual(["202", "400", "401", "409", "413", "503"]);
  });

  test("of a poll is none: the partner's own is theirs", () => {
    expect(filesOf("stock", stock).described).toBeNull();
  });
});

describe("an example of a proof", () => {
  const schemes: readonly VerificationSpec[] = [
    { scheme: "standard-webhooks", key: { secret: "k" } },
    { scheme: "stripe", key: { secret: "k" } },
    { scheme: "bearer", token: { secret: "k" } },
    {
      scheme: "hmac",
      key: { secret: "k" },
      header: "x-signature",
      algorithm: "sha512",
      encoding: "base64",
      prefix: "v1=",
      content: ["timestamp", ".", "body", { header: "x-nonce" }],
      timestamp: { header: "x-time", toleranceMs: 60_000 },
    },
    {
      scheme: "hmac",
      key: { secret: "k" },
      header: "x-hub-signature-256",
      algorithm: "sha256",
      encoding: "hex",
      prefix: "sha256=",
      content: ["body"],
      timestamp: null,
    },
  ];
  test.each(schemes.map((spec) => [spec.scheme, spec] as const))(
    "by %s holds, and does not when altered",
    (_, spec) => {
      const { vector } = proofText(spec);
      if (vector === null) throw new Error("no example");
      const holds = (raw: string, key: string): boolean =>
        proveFixture({
          verify: [spec],
          headers: vector.headers,
          raw,
          secrets: { k: key },
          receivedAtMs: Date.parse(vector.at),
        });
      expect(holds(vector.body, vector.key)).toBe(true);
      expect(holds(vector.body, Buffer.from("another key").toString("base64"))).toBe(false);
      if (spec.scheme !== "bearer") expect(holds(`${vector.body} `, vector.key)).toBe(false);
    },
  );

  test("by Standard Webhooks is what its own library makes", () => {
    const { vector } = proofText({ scheme: "standard-webhooks", key: { secret: "k" } });
    if (vector === null) throw new Error("no example");
    const id = vector.headers["webhook-id"] ?? "";
    expect(new Webhook(vector.key).sign(id, new Date(vector.at), vector.body)).toBe(
      vector.headers["webhook-signature"],
    );
  });

  test("is on the page, with its key", () => {
    const { page } = filesOf("orders", orders);
    for (const part of ["webhook-signature: v1,", "a-key-for-this-example-only", "One of these must hold"]) {
      expect(page).toContain(part);
    }
    expect(page).not.toContain("shop-token");
  });
});

describe("the page", () => {
  test("tells a giver of every endpoint, limit and disruption", () => {
    const { page } = filesOf("orders", orders, { east: "http://127.0.0.1:7401", west: "http://127.0.0.1:7411/" });
    for (const part of [
      "| east | `http://127.0.0.1:7401/orders` |",
      "| west | `http://127.0.0.1:7411/orders` |",
      "A message has at most 64 KB: beyond it 413.",
      "## When a region of ours fails over",
      "- Repeat what was not answered, with the same identity, at west's endpoint.",
      "## When a site of yours fails over",
      "## When both happen at once",
      "## When the link between us is bad",
      "## Rotating keys",
    ]) {
      expect(page).toContain(part);
    }
  });

  test("tells a taker what comes again after its failover, with its own numbers", () => {
    const { page } = filesOf("parcels", parcels);
    expect(page).toContain("Answer within 3 s.");
    expect(page).toContain("b is called within 1 min 33 s: first what a had acknowledged since 1 min 1 s before");
    expect(page).toContain("b stays in use until a person of ours says otherwise.");
  });

  test("tells a source that its cursor is not good elsewhere", () => {
    expect(filesOf("stock", stock).page).toContain("its cursor is good at no other site");
  });

  test("of a partner with one site tells of no other", () => {
    const github = definePartner({ name: "github", location: "internet" });
    const pushes = defineConnector({
      partner: github,
      via: http.receive(githubWebhook(secret("k"))),
      message: z.object({}),
      events: { pushed: z.object({}) },
      translate: () => null,
    });
    const { page } = filesOf("pushes", pushes);
    expect(page).not.toMatch(/another site|When both happen/);
    expect(page).toContain("x-hub-signature-256: sha256=");
  });

  test("tells a reader how a cursor is got and presented", () => {
    expect(filesOf("policies", insurer).page).toContain(
      "its header `isthmus-cursor` is its cursor, which you present as `?cursor=` of the next call",
    );
  });

  test("of any role of any sample is whole", () => {
    for (const definition of [orders, parcels, stock, insurer, declarations, readings]) {
      expect(filesOf("it", definition).page).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });
});

test("tells a partner that lets in fixed addresses which ones", () => {
  const fixed = { ...stock, partner: { ...shop, fixedSource: true } };
  const { page } = filesOf("stock", fixed, {}, { east: ["198.51.100.7", "198.51.100.8"] });
  expect(page).toContain("| east | `198.51.100.7`, `198.51.100.8` |\n| west | told when it is deployed |");
  expect(filesOf("stock", stock).page).not.toContain("Our calls come from these addresses");
});
