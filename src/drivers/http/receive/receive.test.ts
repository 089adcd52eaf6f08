import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import { DefinitionFault } from "../../../define/faults.ts";
import { partnerOf } from "../../testing.ts";
import { readMessage } from "./message.ts";
import {
  bearer,
  errorOf,
  identitiesOf,
  payloadsOf,
  proved,
  receive,
  receiverOf,
  requestOf,
  statusOf,
} from "./testing.ts";

describe("the order of checks", () => {
  it("refuses what is not POST, too long or encoded before anything is verified", () => {
    const receiver = receiverOf({ options: { limitBytes: 4 } });
    expect(statusOf(receive(receiver, requestOf({}, "", { method: "GET" })))).toBe(405);
    expect(statusOf(receive(receiver, requestOf({}, "12345")))).toBe(413);
    expect(statusOf(receive(receiver, requestOf({ "content-encoding": "gzip" }, "1234")))).toBe(415);
    expect(statusOf(receive(receiver, requestOf(proved, "1234")))).toBe(202);
  });

  it("says nothing of the message to a sender that is not proved", () => {
    const receiver = receiverOf({ options: { id: { in: "body", pointer: "/id" } } });
    expect(errorOf(receive(receiver, requestOf({}, "not json")))).toBe('{"error":"not verified"}');
  });

  it("answers as the connector says", () => {
    const receiver = receiverOf({ options: { answer: { status: 200, body: "ok" } } });
    expect(receive(receiver, requestOf(proved))).toMatchObject({ answerStatus: 200, answerBody: "ok" });
  });
});

describe("identity", () => {
  const place = (pointer: string) => ({ options: { id: { in: "body", pointer } as const } });

  it("stands in a header or in the body", () => {
    expect(identitiesOf(receive(receiverOf(), requestOf(proved)))).toEqual(["/acme/orders d-1"]);
    const body = '{"a/b":{"list":[{"id":7}]}}';
    expect(identitiesOf(receive(receiverOf(place("/a~1b/list/0/id")), requestOf(proved, body)))).toEqual([
      "/acme/orders 7",
    ]);
  });

  const missing: readonly (readonly [string, string])[] = [
    ["no JSON", "hello"],
    ["an empty body", ""],
    ["no such field", '{"other":1}'],
    ["an empty text", '{"id":""}'],
    ["null", '{"id":null}'],
    ["an object", '{"id":{}}'],
    ["a number that JSON does not carry exactly", '{"id":9007199254740993}'],
    ["an inherited name", "[]"],
  ];
  it.each(missing)("is not found in %s: 400 naming the field", (_name, body) => {
    const result = receive(receiverOf(place("/id")), requestOf(proved, body));
    expect([statusOf(result), errorOf(result)]).toEqual([400, '{"error":"no identity at body /id"}']);
  });

  it("is not taken from what every object has", () => {
    expect(statusOf(receive(receiverOf(place("/constructor/name")), requestOf(proved, "{}")))).toBe(400);
  });

  it("missing in its header: 400 naming the header", () => {
    const result = receive(receiverOf(), requestOf({ authorization: "Bearer token" }));
    expect([statusOf(result), errorOf(result)]).toEqual([400, '{"error":"no identity at header x-delivery"}']);
  });

  it("has a bound", () => {
    const body = JSON.stringify({ id: "x".repeat(1_025) });
    expect(errorOf(receive(receiverOf(place("/id")), requestOf(proved, body)))).toContain("longer than 1024");
  });

  it("comes from the definition's function, which gets the parsed message", () => {
    const functions = {
      parse: (body: unknown) => ({ parsed: body }),
      id: (message: { readonly body: unknown; readonly headers: Readonly<Record<string, string>> }) =>
        `${JSON.stringify(message.body)}@${message.headers["x-delivery"]}`,
    };
    const receiver = receiverOf({ options: { id: null }, functions });
    expect(identitiesOf(receive(receiver, requestOf(proved, "[1]")))).toEqual(['/acme/orders {"parsed":[1]}@d-1']);
  });

  it("is refused with the definition's words where its function finds none", () => {
    const fault = () => {
      throw new DefinitionFault("message-invalid", "message.order: expected string");
    };
    const bug = () => {
      throw new Error("connection string postgres://secret");
    };
    const call = (id: () => string) =>
      receive(receiverOf({ options: { id: null }, functions: { id } }), requestOf(proved));
    expect(errorOf(call(fault))).toBe('{"error":"id: message.order: expected string"}');
    expect(errorOf(call(bug))).not.toContain("postgres");
  });
});

describe("what is stored", () => {
  it("is the message as received, without credentials and proofs", () => {
    const body = ' {"a" : 1.0, "ü":"\\u00fc"}\n';
    const headers = { ...proved, "stripe-signature": "t=1", cookie: "c", host: "h", "x-kind": "push" };
    const receiver = receiverOf({ options: { verify: [bearer, { scheme: "stripe", key: { secret: "key" } }] } });
    const [payload = ""] = payloadsOf(receive(receiver, requestOf(headers, body)));
    expect(JSON.parse(payload)).toEqual({
      headers: { "x-delivery": "d-1", "content-type": "application/json", "x-kind": "push" },
      body,
      site: "main",
      receivedAt: "2023-11-14T22:13:20.000Z",
    });
    expect(readMessage(payload).body).toEqual({ a: 1, ü: "ü" });
  });

  it("keeps bytes that are no text", () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const [payload = ""] = payloadsOf(receive(receiverOf(), requestOf(proved, bytes)));
    expect(JSON.parse(payload)).toMatchObject({ bytes: bytes.toString("base64") });
  });

  it("names no site where the partner has several, because a call does not tell", () => {
    const partner = partnerOf({ sites: { a: { maintenance: [] }, b: { maintenance: [] } } });
    const [payload = ""] = payloadsOf(receive(receiverOf({ spec: { partner } }), requestOf(proved)));
    expect(readMessage(payload).site).toBe("unknown");
  });

  it("has the tenant, which must be there and be a plain name", () => {
    const receiver = receiverOf({ options: { tenant: { in: "header", name: "x-shop" } } });
    const [payload = ""] = payloadsOf(receive(receiver, requestOf({ ...proved, "x-shop": "a.myshopify.com" })));
    expect(readMessage(payload).tenant).toBe("a.myshopify.com");
    for (const shop of ["", "a/b", "a b", "{tenant}"]) {
      const result = receive(receiver, requestOf({ ...proved, "x-shop": shop }));
      expect(errorOf(result)).toBe('{"error":"no tenant at header x-shop"}');
    }
    expect(statusOf(receive(receiver, requestOf(proved)))).toBe(400);
  });

  it("has their number where the definition tells it, and none where the message is not valid", () => {
    const parse = (body: unknown) => {
      if (body === null || typeof body !== "object" || !("n" in body))
        throw new DefinitionFault("message-invalid", "n");
      return body.n;
    };
    const sequence = ({ body }: { readonly body: unknown }) => ({ of: "device", number: Number(body) });
    const receiver = receiverOf({ functions: { parse, sequence } });
    expect(receive(receiver, requestOf(proved, '{"n":3}'))).toMatchObject({
      inputs: [{ key: null, sequence: { of: "device", number: 3 } }],
    });
    expect(receive(receiver, requestOf(proved, "{}"))).toMatchObject({
      kind: "messages",
      inputs: [{ sequence: null }],
    });
  });
});

describe("a message that is not valid for the schema", () => {
  const parse = () => {
    throw new DefinitionFault("message-invalid", "message.total: expected number");
  };
  it("is accepted, for the fault to be listed", () => {
    expect(statusOf(receive(receiverOf({ functions: { parse } }), requestOf(proved)))).toBe(202);
  });
  it("is refused with the field's name where the connector says so", () => {
    const result = receive(receiverOf({ functions: { parse }, spec: { onInvalid: "reject" } }), requestOf(proved));
    expect([statusOf(result), errorOf(result)]).toEqual([400, '{"error":"message.total: expected number"}']);
  });
});

describe("CloudEvents", () => {
  const event = { specversion: "1.0", id: "e-1", source: "/s", type: "t", data: { a: 1 } };
  const byId = { options: { id: { in: "body", pointer: "/id" } as const } };
  const byHeader = { options: { id: { in: "header", name: "ce-id" } as const } };
  const calls: readonly (readonly [string, Record<string, string>, string])[] = [
    ["structured", { "content-type": "application/cloudevents+json; charset=utf-8" }, JSON.stringify(event)],
    ["batch", { "content-type": "application/cloudevents-batch+json" }, JSON.stringify([event])],
    [
      "binary",
      {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "e-1",
        "ce-source": "/s",
        "ce-type": "t",
      },
      '{"a":1}',
    ],
  ];
  it.each(calls)("%s: the message is the event", (_mode, headers, body) => {
    for (const setting of [byId, byHeader]) {
      const result = receive(receiverOf(setting), requestOf({ ...proved, ...headers }, body));
      expect(identitiesOf(result)).toEqual(["/acme/orders e-1"]);
      expect(payloadsOf(result).map((payload) => readMessage(payload).body)).toEqual([
        expect.objectContaining({ id: "e-1", source: "/s", type: "t", data: { a: 1 } }),
      ]);
      expect(payloadsOf(result).map((payload) => readMessage(payload).headers["content-type"])).toEqual([
        "application/cloudevents+json",
      ]);
    }
  });

  const written: readonly (readonly [string, string | undefined, unknown])[] = [
    ["an object", "application/json", { a: 1 }],
    ["a number", "application/json", 5],
    ["JSON of another type", "application/vnd.acme+json; charset=utf-8", [true]],
    ["text", "text/plain", "a text"],
    ["bytes", "application/octet-stream", new Uint8Array([0xff, 0])],
    ["nothing", undefined, undefined],
  ];
  it.each(written)("binary, as the published library writes it: %s", (_name, datacontenttype, data) => {
    const attributes = { id: "e-1", source: "/s", type: "t", subject: "x", tenant: "acme" };
    const event = new CloudEvent({ ...attributes, data, ...(datacontenttype !== undefined && { datacontenttype }) });
    const { headers, body } = HTTP.binary(event);
    const call = {
      ...proved,
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    };
    const given =
      body instanceof Uint8Array
        ? Buffer.from(body)
        : Buffer.from(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
    const result = receive(receiverOf(byId), { ...requestOf(call, ""), body: given });
    const { data: told, data_base64, ...others } = JSON.parse(event.toString());
    expect(payloadsOf(result).map((payload) => readMessage(payload).body)).toEqual([
      {
        ...others,
        datacontenttype: datacontenttype ?? "application/json; charset=utf-8",
        ...(data_base64 === undefined ? (told === undefined ? {} : { data: told }) : { data_base64 }),
      },
    ]);
  });

  it.each([
    ["percent-encoded", "%C3%A4 %25", "ä %"],
    ["in quotes", '"a \\"b\\""', 'a "b"'],
    ["not decodable", "100%", "100%"],
  ])("binary: an attribute %s", (_name, header, subject) => {
    const [, headers, body] = calls[2] ?? ["", {}, ""];
    const result = receive(
      receiverOf(byId),
      requestOf({ ...proved, ...headers, "ce-subject": header, "ce-data": "x" }, body),
    );
    expect(payloadsOf(result).map((payload) => readMessage(payload).body)).toEqual([
      expect.objectContaining({ subject, data: { a: 1 } }),
    ]);
  });

  it("makes up neither a time nor an id", () => {
    const [, headers, body] = calls[2] ?? ["", {}, ""];
    const result = receive(receiverOf(byId), requestOf({ ...proved, ...headers }, body));
    expect(payloadsOf(result).map((payload) => readMessage(payload).body)).toEqual([
      expect.not.objectContaining({ time: expect.anything() }),
    ]);
    const { "ce-id": _dropped, ...rest } = { "ce-id": "", ...headers };
    expect(errorOf(receive(receiverOf(byId), requestOf({ ...proved, ...rest }, body)))).toContain(
      "no identity at body /id",
    );
  });

  it("a batch is one message for each event, or refused whole", () => {
    const batch = { ...proved, "content-type": "application/cloudevents-batch+json" };
    const call = (body: unknown) => receive(receiverOf(byId), requestOf(batch, JSON.stringify(body)));
    expect(identitiesOf(call([event, { ...event, id: "e-2" }]))).toEqual(["/acme/orders e-1", "/acme/orders e-2"]);
    expect(statusOf(call([event, { ...event, id: "" }]))).toBe(400);
    expect(errorOf(call([]))).toContain("empty");
    expect(errorOf(call({}))).toContain("must be a JSON array");
  });
});
