/** Opens sockets to addresses that the policy allows, and to no other. */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import type { Lookup } from "../../port.ts";
import type { AddressJudge } from "./policy.ts";

/** The address of a host is not one that calls may go to. Nothing was sent. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";

  constructor(host: string, reason: string) {
    super(`address refused: ${host}: ${reason}`);
  }
}

export interface ConnectorOptions {
  readonly judge: AddressJudge;
  /** The port that this connector is for. */
  readonly port: number;
  /** Until the connection, TLS included, stands, in milliseconds. */
  readonly timeoutMs: number;
  readonly lookup?: Lookup;
}

/** For the `connect` option of an undici pool. Every address of a name must be allowed; the socket gets only those. */
export const guardedConnector = ({ judge, port, timeoutMs, lookup }: ConnectorOptions): buildConnector.connector => {
  const connect = buildConnector({
    timeout: timeoutMs,
    autoSelectFamily: true,
    port,
    lookup: guardedLookup(lookup ?? resolveBySystem, (address) => judge(address, port)),
  });
  return (target, done) => {
    // Node asks no resolver for an address, so that one is judged here.
    const refusal = isIP(target.hostname) === 0 ? null : judge(target.hostname, port);
    if (refusal === null) connect(target, done);
    else done(new AddressRefused(target.hostname, refusal), null);
  };
};

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
