/** Connections to one origin, through the guard. */
import { Pool } from "undici";
import type { Location } from "../../../define/model.ts";
import type { NetworkOptions } from "../../port.ts";
import { guardedConnector } from "./connector.ts";
import { type ClientIdentity, portOf } from "./guard.ts";
import { type AddressJudge, addressJudge } from "./policy.ts";

export interface PoolOptions {
  /** Until a connection stands, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** What new connections prove us by. Default: nothing. */
  readonly identity?: () => ClientIdentity | null;
}

/** Makes pools that reach what a partner's location allows. */
export type PoolMaker = (url: URL, options: PoolOptions) => Pool;

/** Requests beyond this wait for a connection: it bounds sockets, the partner's own limits are the core's to keep. */
const mostConnections = 256;

export const poolMaker = (location: Location, network: NetworkOptions): PoolMaker => {
  const judge: AddressJudge = addressJudge({ location, ...network });
  return (url, options) =>
    new Pool(url.origin, {
      connections: mostConnections,
      // A response's time is bounded per request, so that these coarser limits are off.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: guardedConnector({
        judge,
        port: portOf(url),
        timeoutMs: options.connectTimeoutMs,
        ...(options.identity === undefined ? {} : { identity: options.identity }),
        ...(network.lookup === undefined ? {} : { lookup: network.lookup }),
        ...(network.proxy === undefined ? {} : { proxy: network.proxy }),
      }),
    });
};
