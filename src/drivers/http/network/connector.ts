/** Opens sockets to addresses that the policy allows, and to no other. */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import type { Lookup } from "../../port.ts";
import type { AddressJudge } from "./policy.ts";
import { answer, openTunnel } from "./tunnel.ts";

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
  /** Url of the proxy that connections go through; they are judged alike. Default: none. */
  readonly proxy?: string;
}

/** For the `connect` option of an undici pool. Every address of a name must be allowed; the socket gets only those. */
export const guardedConnector = (options: ConnectorOptions): buildConnector.connector => {
  const { judge, port, timeoutMs, proxy } = options;
  const lookup = guardedLookup(options.lookup ?? resolveBySystem, (address) => judge(address, port));
  const direct = buildConnector({ timeout: timeoutMs, autoSelectFamily: true, port, lookup });
  const connect = proxy === undefined ? direct : throughProxy({ proxy, port, timeoutMs }, lookup, direct);
  return (target, done) => {
    // Node asks no resolver for an address, so that one is judged here.
    const literal = target.hostname.replace(/^\[(.*)\]$/, "$1");
    const refusal = isIP(literal) === 0 ? null : judge(literal, port);
    if (refusal === null) connect(target, done);
    else done(new AddressRefused(target.hostname, refusal), null);
  };
};

/** Resolved and judged here: the proxy gets an address, so that it has no name to resolve otherwise. */
const throughProxy =
  (
    { proxy, port, timeoutMs }: { readonly proxy: string; readonly port: number; readonly timeoutMs: number },
    lookup: LookupFunction,
    secure: buildConnector.connector,
  ): buildConnector.connector =>
  (target, done) => {
    const open = (address: string): void =>
      openTunnel(
        isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`,
        { proxy, timeoutMs },
        (error, socket) => {
          if (socket !== null && target.protocol === "https:") secure({ ...target, httpSocket: socket }, done);
          else answer(done, error, socket);
        },
      );
    const literal = target.hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(literal) !== 0) return open(literal);
    lookup(target.hostname, {}, (error, address) => {
      if (error !== null) done(error, null);
      else if (typeof address === "string") open(address);
    });
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
