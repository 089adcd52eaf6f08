import { createRequire } from "node:module";
import { sign } from "@octokit/webhooks-methods";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Answer } from "../../core/ports.ts";
import {
  type Definition,
  defineConnector,
  definePartner,
  githubWebhook,
  http as httpVia,
  secret,
} from "../../define/index.ts";
import { resolveDefinition } from "../../define/resolve.ts";
import type { ResolvedConnector } from "../../define/spec.ts";
import type { ReceiveResult, Receiver } from "../port.ts";
import { contextOf } from "../testing.ts";
import { readMessage } from "./receive/message.ts";
import { HttpReceiver } from "./receive/receive.ts";
import { HttpSender } from "./send/send.ts";
import { startSite } from "./site/site-double.ts";

const examples = z
  .array(z.object({ examples: z.array(z.unknown()) }))
  .parse(createRequire(import.meta.url)("@octokit/webhooks-examples"));

const resolve = (definition: Definition): ResolvedConnector =>
  resolveDefinition("pushes", definition, { settings: {} });

const receiverOf = (definition: Definition): Receiver => {
  const { spec, functions } = resolve(definition);
  if (spec.driver !== "http" || spec.role !== "receive" || functions.direction !== "ingress")
    throw new Error("not a receiver");
  return new HttpReceiver(spec, functions, contextOf({ "github-webhook": ["s3cret"] }));
};

const github = definePartner({ name: "github", location: "internet" });
const pushes = (onInvalid: "fault" | "reject") =>
  defineConnector({
    partner: github,
    via: httpVia.receive(githubWebhook(secret("github-webhook"))),
    message: z.object({ repository: z.object({ full_name: z.string() }) }),
    onInvalid,
    events: { "push.seen": z.object({ repository: z.string() }) },
    translate: ({ body }) => ({ type: "push.seen", data: { repository: body.repository.full_name } }),
  });

const deliver = async (receiver: Receiver, id: string, body: string): Promise<ReceiveResult> => {
  const headers = {
    "content-type": "application/json",
    "x-github-delivery": id,
    "x-hub-signature-256": await sign("s3cret", body),
  };
  return new Promise((done) =>
    receiver.receive({ method: "POST", url: "/pushes", headers, body: Buffer.from(body) }, done),
  );
};

describe("GitHub's own webhook payloads, to a connector of its preset", () => {
  it("are all accepted, each as it was sent", async () => {
    const receiver = receiverOf(pushes("fault"));
    const payloads = examples.flatMap(({ examples: some }) => some.map((example) => JSON.stringify(example)));
    expect(payloads.length).toBeGreaterThan(100);
    for (const [index, body] of payloads.entries()) {
      const result = await deliver(receiver, `d-${index}`, body);
      const [input] = result.kind === "messages" ? result.inputs : [];
      expect(input?.identity).toBe(`/github/pushes d-${index}`);
      expect(readMessage(input?.payload ?? "{}").body).toEqual(JSON.parse(body));
    }
  });

  it("are refused with the field's name where the connector rejects what does not fit", async () => {
    const result = await deliver(receiverOf(pushes("reject")), "d-1", '{"repository":{"full_name":7}}');
    expect(result).toMatchObject({ status: 400, body: expect.stringContaining("repository.full_name") });
  });
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe("a sender's definition", () => {
  it("becomes the request that its translation describes", async () => {
    const site = await startSite();
    closing.push(site.close);
    const partner = definePartner({
      name: "billing",
      location: "internet",
      url: `${site.url}/api`,
      auth: { kind: "bearer", token: secret("token") },
    });
    const definition = defineConnector({
      partner,
      via: httpVia.send({ path: "/invoices" }),
      events: { "order.placed": z.object({ order: z.string() }) },
      idempotency: { header: "Idempotency-Key", remembers: "24h", across: "sites" },
      translate: ({ data }) => ({ body: { reference: data.order } }),
    });
    const { spec, functions } = resolve(definition);
    if (spec.driver !== "http" || spec.role !== "send" || functions.direction !== "egress")
      throw new Error("not a sender");
    const sender = new HttpSender(spec, functions, contextOf({ token: ["t0ken"] }, { loopback: [site.endpoint] }));
    closing.push(() => new Promise((done) => sender.close(done)));
    const event = {
      type: "order.placed",
      id: "o-1",
      source: "/shop",
      time: "2026-01-01T00:00:00Z",
      data: { order: "7" },
    };
    const answer = await new Promise<Answer>((done) =>
      sender.send(
        {
          connector: "pushes",
          site: "main",
          identity: "/shop o-1",
          round: 0,
          attempt: 1,
          key: null,
          output: functions.translate(event, { site: "main" }),
          payload: JSON.stringify(event),
          duty: { region: "east", epoch: 1 },
          timeoutMs: spec.requestTimeoutMs,
          mayWrite: () => true,
        },
        done,
      ),
    );
    expect(answer.verdict).toBe("delivered");
    expect(
      site.calls.map(({ url, headers, body }) => [
        url,
        headers.authorization,
        headers["idempotency-key"],
        body.toString(),
      ]),
    ).toEqual([["/api/invoices", "Bearer t0ken", "o-1", '{"reference":"7"}']]);
  });
});
