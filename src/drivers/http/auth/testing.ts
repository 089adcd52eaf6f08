/** A sender whose site asks for proof, and what proves it, for the tests of authentication. */
import { afterEach } from "vitest";
import type { Answer } from "../../../core/ports.ts";
import type { AuthSpec } from "../../../define/spec.ts";
import type { NetworkOptions } from "../../port.ts";
import { contextOf, egressOf, partnerOf, sendSpecOf, systemClock } from "../../testing.ts";
import { HttpSender } from "../send/send.ts";
import { deliveryOf } from "../send/testing.ts";
import { accepts, type Behaviour, type SiteDouble, startSite } from "../site/site-double.ts";

/** Closed after the test, the last one first. */
export const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

export const double = async (behaviour: Behaviour = accepts): Promise<SiteDouble> => {
  const made = await startSite(behaviour);
  open.push(made);
  return made;
};

export interface World {
  readonly auth: AuthSpec;
  readonly url: string;
  /** Addresses of loopback that may be called. */
  readonly loopback: readonly string[];
  /** Asked at every use. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  readonly network?: Partial<NetworkOptions>;
  /** Moved by the test. */
  readonly now?: { ms: number };
}

export const senderIn = (world: World): HttpSender => {
  const { auth, url, loopback, secrets, network, now = { ms: Date.now() } } = world;
  const site = { url, auth, maintenance: [] };
  const clock = { ...systemClock, wallMs: () => now.ms };
  const context = contextOf({}, { loopback, ...network }, clock);
  const sender = new HttpSender(sendSpecOf({}, { partner: partnerOf({ sites: { main: site } }) }), egressOf(), {
    ...context,
    secrets: (name) => secrets[name] ?? [],
  });
  open.push({ close: () => new Promise<void>((resolve) => sender.close(resolve)) });
  return sender;
};

export const send = (sender: HttpSender, change: Parameters<typeof deliveryOf>[0] = {}): Promise<Answer> =>
  new Promise((resolve) => void sender.send(deliveryOf(change), resolve));

export const never = { verdict: "retry", against: "credentials", sent: false } as const;
