/** A receiver and a giver for the tests of role receive. */
import type { CommonSpec, HttpReceiveSpec, IngressFunctions, VerificationSpec } from "../../../define/spec.ts";
import type { InboundRequest, ReceiveResult } from "../../port.ts";
import { clockAt, contextOf, ingressOf, receiveSpecOf } from "../../testing.ts";
import { HttpReceiver } from "./receive.ts";

export const bearer: VerificationSpec = { scheme: "bearer", token: { secret: "key" } };
export interface Setting {
  readonly options?: Partial<HttpReceiveSpec>;
  readonly spec?: Partial<CommonSpec>;
  readonly functions?: Partial<IngressFunctions>;
  readonly secrets?: readonly string[];
  readonly nowMs?: number;
}

export const receiverOf = ({ options, spec, functions, secrets, nowMs }: Setting = {}): HttpReceiver =>
  new HttpReceiver(
    receiveSpecOf({ verify: [bearer], ...options }, spec),
    ingressOf(functions),
    contextOf({ key: secrets ?? ["token"] }, {}, clockAt(nowMs ?? 1_700_000_000_000)),
  );

export const requestOf = (
  headers: Record<string, string>,
  body: string | Buffer = "{}",
  change: Partial<InboundRequest> = {},
): InboundRequest => ({ method: "POST", url: "/orders", headers, body: Buffer.from(body), ...change });

export const proved = { authorization: "Bearer token", "x-delivery": "d-1", "content-type": "application/json" };

export const receive = (receiver: HttpReceiver, request: InboundRequest): ReceiveResult => {
  let result: ReceiveResult | null = null;
  receiver.receive(request, (given) => {
    result = given;
  });
  if (result === null) throw new Error("the driver did not answer in the same tick");
  return result;
};

export const statusOf = (result: ReceiveResult): number =>
  result.kind === "messages" ? result.answerStatus : result.status;
export const errorOf = (result: ReceiveResult): string => (result.kind === "refused" ? result.body : "");
export const payloadsOf = (result: ReceiveResult): readonly string[] =>
  result.kind === "messages" ? result.inputs.map(({ payload }) => payload) : [];
export const identitiesOf = (result: ReceiveResult): readonly string[] =>
  result.kind === "messages" ? result.inputs.map(({ identity }) => identity) : [];
