/** AsyncAPI 3.0 of what we send to the partner. The document describes us: a partner's side of it is `receive`. */
import type { SenderFields } from "../define/parse/definition/sender.ts";
import type { SendSpec, SpecOf } from "../define/spec.ts";
import { identityHeaderOf } from "../drivers/http/send/compose.ts";
import type { ContractInput } from "./input.ts";
import { cloudEventSchema, type JsonSchema, jsonSchema } from "./schemas.ts";
import { signatureText } from "./vectors.ts";

type Json = Readonly<Record<string, unknown>>;
type HttpSend = SpecOf<"http", SendSpec>;

export const sendApi = (_input: ContractInput, spec: HttpSend, fields: SenderFields): Json => {
  const names = Object.keys(fields.events);
  const servers = serversOf(spec);
  return {
    asyncapi: "3.0.0",
    info: {
      title: `Events of ${spec.name} to ${spec.partner.name}`,
      version: "1",
      description: `Over HTTP. Answer 2xx once you have it for good. \`${identityHeaderOf(spec)}\` is the identity: what you have taken before, answer as the first time.`,
    },
    ...(Object.keys(servers).length > 0 && { servers }),
    channels: {
      events: {
        address: spec.options.path === "" ? "/" : spec.options.path,
        ...(spec.has.translate && { description: "The path of each request may be the definition's own." }),
        messages: Object.fromEntries(names.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
        bindings: {},
      },
    },
    operations: {
      send: {
        action: "send",
        channel: { $ref: "#/channels/events" },
        messages: names.map((type) => ({ $ref: `#/channels/events/messages/${type}` })),
        bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
      },
    },
    components: { messages: Object.fromEntries(names.map((type) => [type, messageOf(spec, fields, type)])) },
  };
};

/** Their sites, as far as their addresses are known. */
const serversOf = ({ partner }: HttpSend): Json =>
  Object.fromEntries(
    Object.entries(partner.sites).flatMap(([name, { url }]) => {
      if (url === undefined || !URL.canParse(url)) return [];
      const { host, protocol, pathname } = new URL(url);
      const server = { host, protocol: protocol.replace(":", ""), ...(pathname !== "/" && { pathname }) };
      return [[name, { ...server, description: `your site ${name}` }]];
    }),
  );

const messageOf = (spec: HttpSend, fields: SenderFields, type: string): Json => ({
  name: type,
  title: type,
  contentType: spec.options.format === "cloudevents" ? "application/cloudevents+json" : "application/json",
  headers: headersOf(spec),
  payload: payloadOf(spec, fields, type),
});

/** What a translation makes has no schema. */
const payloadOf = ({ has, options }: HttpSend, { events }: SenderFields, type: string): JsonSchema => {
  const schema = events[type];
  const data = has.translate || schema === undefined ? null : jsonSchema(schema);
  return options.format === "cloudevents" ? cloudEventSchema(data, type) : (data ?? {});
};

const headersOf = (spec: HttpSend): JsonSchema => {
  const identity = identityHeaderOf(spec);
  const { sign } = spec.options;
  const signed = sign === null ? [] : signatureText(sign).headers;
  const names = [...new Set([identity, ...signed])];
  return {
    type: "object",
    required: names,
    properties: {
      ...Object.fromEntries(names.map((name) => [name, { type: "string" }])),
      [identity]: {
        type: "string",
        description: "The identity: it never changes, whoever of us sends it and how often.",
      },
    },
  };
};
