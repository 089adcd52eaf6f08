import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { AcceptInput } from "../../../core/ports.ts";
import { defineConnector, definePartner, http, secret } from "../../../define/index.ts";
import { resolveDefinition } from "../../../define/resolve.ts";
import type { IngressFunctions, ReceiveSpec, SpecOf } from "../../../define/spec.ts";
import { clockAt, contextOf, ingressOf, receiveSpecOf } from "../../testing.ts";
import { Unsupported } from "../../unsupported.ts";
import { readMessage } from "../receive/message.ts";
import { HttpReceiver } from "../receive/receive.ts";
import { bearer, proved, receive, requestOf } from "../receive/testing.ts";
import { type InputMaker, inputMaker } from "./inputs.ts";
import { nowMs, specOf, token } from "./testing.ts";

const origin = { site: "main", receivedAt: new Date(nowMs).toISOString(), events: false };
const makerOf = (functions: Partial<IngressFunctions>): InputMaker =>
  inputMaker(specOf({ url: "http://site" }), ingressOf(functions));
const storedIn = ({ payload }: AcceptInput) => JSON.parse(payload);

type HttpReceive = SpecOf<"http", ReceiveSpec>;
const textAt = (name: string) => (body: unknown) => String(Object(body)[name]);

describe("an item", () => {
  it("has the identity and the number that the definition tells", () => {
    const make = makerOf({
      id: ({ body }) => textAt("n")(body),
      sequence: ({ body }) => ({ of: textAt("device")(body), number: 7 }),
    });
    expect(make({ n: 3, device: "d" }, origin)).toMatchObject({
      identity: "/acme/orders 3",
      key: null,
      sequence: { of: "d", number: 7 },
    });
  });

  it("is stored as a message of its site", () => {
    const input = makerOf({ id: () => "1" })({ text: "ü" }, { ...origin, site: "zurich" });
    expect(storedIn(input)).toEqual({
      headers: { "content-type": "application/json" },
      body: '{"text":"ü"}',
      site: "zurich",
      receivedAt: origin.receivedAt,
    });
  });

  it.each([["text"], [7], [null], [["a"]]])("may be %j", (item) => {
    expect(readMessage(makerOf({ id: () => "1" })(item, origin).payload).body).toEqual(item);
  });

  it.each<[string, Partial<IngressFunctions>, string]>([
    ["whose id is none", { id: () => "" }, "no identity: id: the message gives none"],
    ["whose id is too long", { id: () => "x".repeat(1_025) }, "longer than 1024"],
    ["of which the id cannot be told", { id: () => Reflect.get(Object(null).a, "b") }, "no identity: id: "],
    [
      "that does not fit the schema",
      {
        id: () => "1",
        parse: () => {
          throw new Error("message: not an object");
        },
      },
      "no identity: id: message: not an object",
    ],
  ])("%s is kept under what it holds, with the reason", (_what, functions, reason) => {
    const make = makerOf(functions);
    const input = make({ a: 1, b: [2] }, origin);
    expect(input.identity).toMatch(/^\/acme\/orders sha256-[0-9a-f]{64}$/);
    expect(storedIn(input)).toMatchObject({ body: '{"a":1,"b":[2]}', problem: expect.stringContaining(reason) });
    expect(make({ b: [2], a: 1 }, origin).identity).toBe(input.identity);
    expect(make({ a: 1, b: [3] }, origin).identity).not.toBe(input.identity);
  });

  it("that cannot be numbered is taken without a number", () => {
    const sequence = () => {
      throw new Error("no number");
    };
    expect(makerOf({ id: () => "1", sequence })({}, origin)).toMatchObject({
      identity: "/acme/orders 1",
      sequence: null,
    });
  });
});

const acme = definePartner({ name: "acme", location: "internet", url: "https://acme.example" });
const readings = defineConnector({
  partner: acme,
  via: http.receive({ verify: { scheme: "bearer", token: secret("key") }, id: "body:/id" }),
  message: z.object({ id: z.string(), value: z.number() }),
  events: { "reading.taken": z.object({ value: z.number() }) },
  translate: ({ body }) => ({ type: "reading.taken", data: { value: body.value } }),
  reconcile: {
    when: "1h",
    via: http.poll({
      path: "/readings",
      every: "1m",
      items: "/items",
      cursor: { kind: "token", query: "after", next: "/next" },
      acrossSites: "exact",
    }),
    adapt: (item) => ({ id: `r-${Object(item).no}`, value: Object(item).v }),
  },
});

describe("an item of a reconcile poll", () => {
  const { spec, functions } = resolveDefinition("orders", readings, { settings: {} });
  if (spec.driver !== "http" || spec.role !== "receive" || functions.direction !== "ingress")
    throw new Error("not a receiver");
  const make = inputMaker(spec, functions);
  const pushed = (body: unknown): AcceptInput => {
    const receiver = new HttpReceiver(spec, functions, contextOf({ key: ["token"] }, {}, clockAt(nowMs)));
    const result = receive(receiver, requestOf(proved, JSON.stringify(body)));
    const [input] = result.kind === "messages" ? result.inputs : [];
    if (input === undefined) throw new Error("not received");
    return input;
  };

  it("is the same message as the call that brings it", () => {
    const [push, poll] = [pushed({ value: 3, id: "r-7", sentAt: "later" }), make({ no: 7, v: 3 }, origin)];
    expect(poll.identity).toBe(push.identity);
    const contents = [push, poll].map(({ payload }) => functions.content(readMessage(payload).body));
    expect(contents[0]).toBe(contents[1]);
  });

  it("that cannot be adapted is kept as it is, with the reason", () => {
    const failing = { ...functions, adapt: () => Reflect.get(Object(null).a, "b") };
    const input = inputMaker(spec, failing)({ no: 7 }, origin);
    expect(storedIn(input)).toMatchObject({ body: '{"no":7}', problem: expect.stringContaining("adapt: ") });
    expect(storedIn(inputMaker(spec, { ...functions, adapt: () => undefined })({ no: 7 }, origin)).problem).toContain(
      "returned nothing",
    );
  });

  it("that cannot be adapted is not kept a second time in the reason", () => {
    const floods = (item: unknown): never => {
      throw new Error(JSON.stringify(item));
    };
    const input = inputMaker(spec, { ...functions, adapt: floods })({ no: "7".repeat(100_000) }, origin);
    expect(storedIn(input).problem?.length).toBeLessThan(1_100);
  });

  const specWith = (options: Partial<HttpReceive["options"]>): HttpReceive => ({
    ...receiveSpecOf({ verify: [bearer], id: { in: "body", pointer: "/id" }, ...options }),
    reconcile: {
      options: { path: "/", everyMs: 1, items: null, cursor: token, acrossSites: "exact" },
      when: { kind: "gap" },
    },
  });

  it("has its tenant where a call has it", () => {
    const make = inputMaker(specWith({ tenant: { in: "body", pointer: "/of" } }), ingressOf());
    expect(storedIn(make({ id: "1", of: "t-1" }, origin))).toMatchObject({ tenant: "t-1" });
    expect(storedIn(make({ id: "1" }, origin)).problem).toBe("no identity: no tenant at body /of");
  });

  it("has no headers: a connector whose calls carry their identity or tenant there is refused", () => {
    const header = { in: "header", name: "x-delivery" } as const;
    expect(() => inputMaker(specWith({ id: header }), ingressOf())).toThrow(Unsupported);
    expect(() => inputMaker(specWith({ tenant: header }), ingressOf())).toThrow(Unsupported);
  });
});
