// Stands before an emulated region: for a while one of its services refuses calls, in its own words, as each does beyond its quotas.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Gate, refuse, tableRefusal } from "../ministack/gate.ts";

export type Service = "dynamodb" | "events" | "secretsmanager" | "sqs" | "sts";

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, code: string, type = "application/x-amz-json-1.1"): Refusal => ({
  status,
  type,
  body: JSON.stringify({ __type: code, message: "Rate exceeded" }),
});
const xml = (status: number, body: string): Refusal => ({ status, type: "text/xml", body });

const refusals: Readonly<Record<Service, Refusal>> = {
  dynamodb: tableRefusal("ThrottlingException", "Rate exceeded"),
  events: json(400, "ThrottlingException"),
  secretsmanager: json(400, "ThrottlingException"),
  sqs: json(403, "com.amazonaws.sqs#RequestThrottled", "application/x-amz-json-1.0"),
  sts: xml(
    400,
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
  ),
};

export class Burst extends Gate {
  /** Refuses all that is asked of it; null: none does. */
  service: Service | null = null;
  /** Calls that were refused since the last burst began. */
  refused = 0;

  static async at(url: string): Promise<Burst> {
    const burst = new Burst(url);
    await burst.open();
    return burst;
  }

  begin(service: Service): void {
    this.refused = 0;
    this.service = service;
  }

  end(): void {
    this.service = null;
  }

  protected override refuses(call: IncomingMessage, answer: ServerResponse): boolean {
    if (this.service === null || serviceOf(call) !== this.service) return false;
    this.refused += 1;
    refuse(call, answer, refusals[this.service]);
    return true;
  }
}

/** As the signature names it: `Credential=<key>/<day>/<region>/<service>/aws4_request`. */
const serviceOf = ({ headers }: IncomingMessage): string =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
