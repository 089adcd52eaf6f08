/** OpenAPI 3.1 of what the partner calls: an endpoint that takes messages, or a feed. */
import type { FeederFields } from "../define/parse/definition/feeder.ts";
import type { ReceiverFields } from "../define/parse/definition/receiver.ts";
import { httpAnswers, httpFeedDefaults } from "../define/policy.ts";
import type { FeedSpec, ReceiveSpec, SpecOf, VerificationSpec } from "../define/spec.ts";
import type { ContractInput } from "./input.ts";
import { cloudEventSchema, type JsonSchema, jsonSchema } from "./schemas.ts";
import { proofText } from "./vectors.ts";

type Json = Readonly<Record<string, unknown>>;

export const receiveApi = (input: ContractInput, spec: SpecOf<"http", ReceiveSpec>, fields: ReceiverFields): Json => {
  const { status } = spec.options.answer;
  const { unreadable, unproved, conflict, tooLarge, unavailable } = httpAnswers;
  return {
    ...head(input, `Messages of ${spec.partner.name} to ${spec.name}`),
    paths: {
      [`/${spec.name}`]: {
        post: {
          operationId: "give",
          summary: "Gives one message. It is durable once this is answered with 2xx.",
          ...security(spec.options.verify),
          parameters: identityParameter(spec),
          requestBody: {
            required: true,
            description: `At most ${spec.options.limitBytes} bytes.`,
            content: { "application/json": { schema: jsonSchema(fields.message) } },
          },
          responses: {
            [status]: { description: "Durable. The same identity again is answered alike." },
            ...refusals({
              [unreadable]: "No identity is to be found, or the message cannot be read; the answer names the field.",
              [unproved]: "The proof does not hold.",
              ...(spec.onConflict === "reject" && { [conflict]: "This identity came before with other content." }),
              [tooLarge]: "The body is too large.",
            }),
            [unavailable]: unavailableResponse,
          },
        },
      },
    },
    components: components(spec.options.verify),
  };
};

export const feedApi = (input: ContractInput, spec: FeedSpec, fields: FeederFields): Json => {
  const verify = Object.values(spec.options.readers);
  const { unreadable, unproved, forbidden, gone, unavailable } = httpAnswers;
  return {
    ...head(input, `Events of ${spec.name} for ${spec.partner.name}`),
    paths: {
      [`/${spec.name}`]: {
        get: {
          operationId: "read",
          summary: "Reads on. Presenting a cursor acknowledges what is within it.",
          ...security(verify),
          parameters: feedParameters,
          responses: {
            200: {
              description: "Events in order, none where there is nothing new; then present the cursor.",
              headers: {
                link: { description: 'The next page: `<...>; rel="next"`', schema: { type: "string" } },
                "isthmus-cursor": { description: "The cursor after this page.", schema: { type: "string" } },
              },
              content: {
                "application/cloudevents-batch+json": { schema: { type: "array", items: eventsSchema(spec, fields) } },
              },
            },
            ...refusals({
              [unreadable]: "A parameter is not what it must be; the answer names it.",
              [unproved]: "The proof does not hold.",
              [forbidden]: "The cursor was made for another reader or connector.",
              [gone]: "Some events after this cursor are no longer kept; `resume` says how to go on.",
            }),
            [unavailable]: unavailableResponse,
          },
        },
      },
    },
    components: components(verify),
  };
};

const head = ({ spec, regions, endpoints }: ContractInput, title: string): Json => ({
  openapi: "3.1.0",
  info: {
    title,
    version: "1",
    description:
      "Every endpoint answers alike. After no answer, or anything but 2xx, use another, with the same identity.",
  },
  tags: [{ name: spec.role }],
  servers: regions.map((region) => serverOf(region, endpoints[region])),
});

const serverOf = (region: string, url: string | undefined): Json =>
  url === undefined
    ? {
        url: "https://{host}",
        description: `region ${region}`,
        variables: { host: { default: `${region}.example`, description: "Not deployed yet: we tell it." } },
      }
    : { url, description: `region ${region}` };

const error: JsonSchema = { type: "object", required: ["error"], properties: { error: { type: "string" } } };

const refusals = (told: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(told).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema: error } } },
    ]),
  );

const unavailableResponse = {
  description: "Not now. Keep it, and try again: here after the time that is stated, or at another endpoint.",
  headers: { "retry-after": { description: "Seconds.", schema: { type: "integer", minimum: 1 } } },
  content: { "application/json": { schema: error } },
} as const;

/** One of them must hold. */
const security = (verify: readonly VerificationSpec[]): Json => ({
  security: verify.map((_, at) => ({ [schemeName(at)]: [] })),
});
const schemeName = (at: number): string => `proof${at + 1}`;

const components = (verify: readonly VerificationSpec[]): Json => ({
  securitySchemes: Object.fromEntries(verify.map((spec, at) => [schemeName(at), securityScheme(spec)])),
});

const securityScheme = (spec: VerificationSpec): Json => {
  const { how, headers } = proofText(spec);
  const description = how.join(" ");
  switch (spec.scheme) {
    case "bearer":
      return { type: "http", scheme: "bearer", description };
    case "jwt":
      return { type: "http", scheme: "bearer", bearerFormat: "JWT", description };
    case "mtls":
      return { type: "mutualTLS", description };
    case "hmac":
    case "standard-webhooks":
    case "stripe":
    case "iam":
      return { type: "apiKey", in: "header", name: headers.at(-1) ?? "authorization", description };
  }
};

const identityParameter = ({ options: { id } }: SpecOf<"http", ReceiveSpec>): readonly Json[] =>
  id?.in === "header"
    ? [
        {
          name: id.name,
          in: "header",
          required: true,
          description: "The message's identity: the same when it is repeated, another for every other message.",
          schema: { type: "string", minLength: 1 },
        },
      ]
    : [];

const feedParameters = [
  {
    name: "cursor",
    in: "query",
    description: "From an answer before, of any endpoint. Without it: where this reader acknowledged last.",
    schema: { type: "string" },
  },
  { name: "from", in: "query", description: "Instead of a cursor: all that is kept.", schema: { const: "earliest" } },
  {
    name: "limit",
    in: "query",
    description: "Events on the page.",
    schema: { type: "integer", minimum: 1, maximum: httpFeedDefaults.mostPerPage, default: httpFeedDefaults.pageSize },
  },
  {
    name: "wait",
    in: "query",
    description: "Seconds to wait for the first event.",
    schema: { type: "integer", minimum: 0, maximum: httpFeedDefaults.longestWaitMs / 1_000, default: 0 },
  },
] as const;

/** What a translation makes has no schema; events that pass through have that of their type. */
const eventsSchema = ({ has }: FeedSpec, { events }: FeederFields): JsonSchema =>
  has.translate
    ? cloudEventSchema(null)
    : { oneOf: Object.entries(events).map(([type, schema]) => cloudEventSchema(jsonSchema(schema), type)) };
