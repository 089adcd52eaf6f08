/** A sender and a site for the tests of role send. */
import { afterEach } from "vitest";
import type { Answer, Delivery } from "../../../core/ports.ts";
import type { CommonSpec, EgressFunctions, HttpSendSpec, SiteSpec } from "../../../define/spec.ts";
import type { NetworkOptions } from "../../port.ts";
import { clockAt, contextOf, egressOf, partnerOf, sendSpecOf } from "../../testing.ts";
import { accepts, type SiteDouble, startSite } from "../site/site-double.ts";
import { HttpSender } from "./send.ts";

export const nowMs = 1_700_000_000_000;
export const secrets: Record<string, readonly string[]> = {
  key: ["token"],
  whsec: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
};
/** Closed after the test. */
export const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

export const site = async (behaviour = accepts): Promise<SiteDouble> => {
  const double = await startSite(behaviour);
  open.push(double);
  return double;
};

export interface Setting {
  readonly options?: Partial<HttpSendSpec>;
  readonly spec?: Partial<CommonSpec>;
  readonly functions?: Partial<EgressFunctions>;
  readonly site?: Partial<SiteSpec>;
  readonly network?: Partial<NetworkOptions>;
}

export const senderTo = (double: Pick<SiteDouble, "url" | "endpoint">, setting: Setting = {}): HttpSender => {
  const partner = partnerOf({ sites: { main: { url: double.url, maintenance: [], ...setting.site } } });
  const sender = new HttpSender(
    sendSpecOf(setting.options, { partner, ...setting.spec }),
    egressOf(setting.functions),
    contextOf(secrets, { loopback: [double.endpoint], ...setting.network }, clockAt(nowMs)),
  );
  open.push({ close: () => new Promise<void>((resolve) => sender.close(resolve)) });
  return sender;
};

export const event = {
  type: "order.placed",
  id: "o-1",
  source: "/shop/orders",
  time: "2023-11-14T22:00:00Z",
  data: { a: 1 },
};

export const deliveryOf = (change: Partial<Delivery> = {}): Delivery => ({
  connector: "orders",
  site: "main",
  identity: "/shop/orders o-1",
  round: 0,
  attempt: 1,
  key: null,
  output: { body: { a: 1 } },
  payload: JSON.stringify(event),
  duty: { region: "east", epoch: 412 },
  timeoutMs: 2_000,
  mayWrite: () => true,
  ...change,
});

export const send = (sender: HttpSender, change: Partial<Delivery> = {}): Promise<Answer> =>
  new Promise((resolve) => void sender.send(deliveryOf(change), resolve));

export const sentBy = async (setting: Setting, change: Partial<Delivery> = {}) => {
  const double = await site();
  const answer = await send(senderTo(double, setting), change);
  const [call] = double.calls;
  if (call === undefined) throw new Error(`nothing was sent: ${answer.reason}`);
  return { ...call, answer, text: call.body.toString("utf8") };
};
