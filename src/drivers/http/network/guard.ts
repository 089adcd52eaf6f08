/** Names become addresses that the policy allows, or none. */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { Lookup } from "../../port.ts";
import type { AddressJudge } from "./policy.ts";
import { openTunnel, type Tunnelled } from "./tunnel.ts";

/** The address of a host is not one that calls may go to. Nothing was sent. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";

  constructor(host: string, reason: string) {
    super(`address refused: ${host}: ${reason}`);
  }
}

/** What a connection proves us by, in PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
  /** Authorities that their certificate must come from. Default: those that the system trusts. */
  readonly ca?: string;
}

export interface GuardOptions {
  readonly judge: AddressJudge;
  /** The port that is called. */
  readonly port: number;
  readonly lookup?: Lookup;
}

export interface Guard {
  /** For the socket: every address of a name must be allowed, and the socket gets only those. */
  readonly lookup: LookupFunction;
  /** Node asks no resolver for an address, so that one is judged here. null: it is a name, or allowed. */
  refusal(hostname: string): AddressRefused | null;
}

export const guardOf = ({ judge, port, lookup = resolveBySystem }: GuardOptions): Guard => ({
  lookup: guardedLookup(lookup, (address) => judge(address, port)),
  refusal: (hostname) => {
    const literal = literalOf(hostname);
    const reason = isIP(literal) === 0 ? null : judge(literal, port);
    return reason === null ? null : new AddressRefused(hostname, reason);
  },
});

export interface ProxyOptions {
  /** Url of the proxy. */
  readonly proxy: string;
  /** The target's. */
  readonly port: number;
  /** Until the connection stands, in milliseconds. */
  readonly timeoutMs: number;
}

/** Resolved and judged here: the proxy gets an address, so that it has no name to resolve otherwise. */
export const guardedTunnel =
  ({ proxy, port, timeoutMs }: ProxyOptions, { lookup }: Guard): ((hostname: string, done: Tunnelled) => void) =>
  (hostname, done) => {
    const open = (address: string): void =>
      openTunnel(isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`, { proxy, timeoutMs }, done);
    const literal = literalOf(hostname);
    if (isIP(literal) !== 0) return open(literal);
    lookup(hostname, {}, (error, address) => {
      if (error !== null) done(error, null);
      else if (typeof address === "string") open(address);
    });
  };

export const portOf = ({ port, protocol }: URL): number =>
  port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);

/** A host of a url, without the brackets of an IPv6 address. */
export const literalOf = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1");

const resolveBySystem: Lookup = (hostname, done) =>
  systemLookup(hostname, { all: true }, (error, addresses) => done(error, addresses ?? []));

const guardedLookup =
  (resolve: Lookup, judge: (address: string) => string | null): LookupFunction =>
  (hostname, options, done) =>
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      const refusals = addresses.map(({ address }) => judge(address)).filter((reason) => reason !== null);
      const [refusal] = refusals;
      if (error !== null) done(error, []);
      else if (first === undefined) done(noAddress(hostname), []);
      else if (refusal !== undefined) done(new AddressRefused(hostname, refusal), []);
      else if (options.all) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });

const noAddress = (hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" });
