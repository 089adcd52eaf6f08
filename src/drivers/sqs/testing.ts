/** A queue double that speaks the service's JSON protocol, and connectors around it. */
import { hash } from "node:crypto";
import { onTestFinished } from "vitest";
import { AwsClient } from "../../aws/client.ts";
import { Endpoints } from "../../aws/endpoints.ts";
import type { CommonSpec, PollSpec, SendSpec, SpecOf, SqsPollSpec, SqsSendSpec } from "../../define/spec.ts";
import { answers, type Behaviour, type Call, type SiteDouble, startSite } from "../http/site/site-double.ts";
import type { DriverContext } from "../port.ts";
import { common, contextOf, partnerOf } from "../testing.ts";

export const region = "us-east-1";
export const role = "arn:aws:iam::111122223333:role/acme";
export const arnOfQueue = (name: string, at = region): string => `arn:aws:sqs:${at}:111122223333:${name}`;

/** Our own credentials, and those of every role that is taken on. */
export const credentialsOf = (secret: string) => ({ accessKeyId: "AKIAOURS", secretAccessKey: secret });

export const json = (body: object, status = 200, headers: Record<string, string> = {}): Behaviour =>
  answers(status, { "content-type": "application/x-amz-json-1.0", ...headers }, JSON.stringify(body));
export const refuses = (code: string, status = 400, headers: Record<string, string> = {}): Behaviour =>
  json({ __type: `com.amazonaws.sqs#${code}`, message: "" }, status, headers);

const assumed = (secret: string): string =>
  `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

export const operationOf = ({ headers }: Call): string => String(headers["x-amz-target"] ?? "").replace(/^.*\./, "");
export const inputOf = ({ body }: Call): Readonly<Record<string, unknown>> => JSON.parse(body.toString("utf8"));

export interface AwsDouble {
  /** Of the service, without those that take a role on. */
  readonly service: SiteDouble;
  readonly context: DriverContext;
  /** Calls for roles. */
  roles(): number;
  close(): Promise<void>;
}

/** A service in `region`, and in another region (ours) the one that gives roles. */
export const startAws = async (
  secret: string,
  behaviour: Behaviour,
  gives: Behaviour = answers(200, { "content-type": "text/xml" }, assumed(secret)),
): Promise<AwsDouble> => {
  const sts = await startSite(gives);
  onTestFinished(sts.close);
  const service = await startSite(behaviour);
  const endpoints = new Endpoints({ [region]: service.url, "eu-central-1": sts.url });
  const client = new AwsClient(() => credentialsOf(secret), endpoints);
  return {
    service,
    context: { ...contextOf({}), aws: { client, region: "eu-central-1" } },
    roles: () => sts.calls.length,
    close: service.close,
  };
};

export const sqsPollSpec = (
  options: Partial<SqsPollSpec> = {},
  change: Partial<CommonSpec> = {},
): SpecOf<"sqs", PollSpec> => ({
  ...common,
  durability: "replicated",
  startFrom: "earliest",
  ...change,
  driver: "sqs",
  role: "poll",
  lookbackMs: 60_000,
  options: {
    queues: { main: arnOfQueue("orders") },
    role,
    externalId: "ours & theirs",
    id: "message-id",
    everyMs: 1_000,
    acrossSites: "exact",
    ...options,
  },
});

export const sqsSendSpec = (
  options: Partial<SqsSendSpec> = {},
  change: Partial<CommonSpec> = {},
): SpecOf<"sqs", SendSpec> => ({
  ...common,
  ...change,
  driver: "sqs",
  role: "send",
  options: { queues: { main: arnOfQueue("orders") }, role, externalId: null, fifo: false, ...options },
});

export const partnerWith = (sites: readonly string[]) =>
  partnerOf({
    location: "same-cloud",
    sites: Object.fromEntries(sites.map((site) => [site, { maintenance: [] }])),
    ...(sites.length > 1 && { topology: { mode: "active-active", recoveryPointMs: 0 } }),
  });

/** A queue that hides what it gave until it is deleted, or shown again. */
export class QueueDouble {
  #messages: { id: string; body: string; attributes: Record<string, string>; receipt: string; hidden: boolean }[] = [];
  #receipts = 0;
  /** Messages of one call at most. */
  readonly #page: number;

  constructor(page = 2) {
    this.#page = page;
  }

  add(body: string, attributes: Record<string, string> = {}): void {
    const id = hash("sha256", body, "hex").slice(0, 36);
    this.#messages.push({ id, body, attributes, receipt: "", hidden: false });
  }

  get bodies(): readonly string[] {
    return this.#messages.map(({ body }) => body);
  }

  /** The time of all receipts is over: what was not deleted is given again. */
  expire(): void {
    for (const message of this.#messages) message.hidden = false;
  }

  readonly answer: Behaviour = (call, response) => {
    if (operationOf(call) === "DeleteMessageBatch") return this.#delete(inputOf(call))(call, response);
    const given = this.#messages.filter(({ hidden }) => !hidden).slice(0, this.#page);
    for (const message of given) {
      this.#receipts += 1;
      message.receipt = `receipt-${String(this.#receipts).padStart(6, "0")}`;
      message.hidden = true;
    }
    json({
      Messages: given.map(({ id, body, receipt, attributes }) => ({
        MessageId: id,
        ReceiptHandle: receipt,
        Body: body,
        Attributes: attributes,
      })),
    })(call, response);
  };

  #delete({ Entries }: Readonly<Record<string, unknown>>): Behaviour {
    const entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[] = Array.isArray(Entries)
      ? Entries
      : [];
    const known = new Set(this.#messages.map(({ receipt }) => receipt));
    const receipts = new Set(entries.map(({ ReceiptHandle }) => ReceiptHandle));
    this.#messages = this.#messages.filter(({ receipt }) => !receipts.has(receipt));
    return json({
      Successful: entries.filter(({ ReceiptHandle }) => known.has(ReceiptHandle)).map(({ Id }) => ({ Id })),
      Failed: entries
        .filter(({ ReceiptHandle }) => !known.has(ReceiptHandle))
        .map(({ Id }) => ({ Id, Code: "ReceiptHandleIsInvalid", SenderFault: true })),
    });
  }
}
