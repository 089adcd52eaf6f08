/** Opens sockets to addresses that the policy allows, and to no other. */
import { buildConnector } from "undici";
import {
  type ClientIdentity,
  type Guard,
  type GuardOptions,
  guardedTunnel,
  guardOf,
  type ProxyOptions,
} from "./guard.ts";
import { answer } from "./tunnel.ts";

export interface ConnectorOptions extends GuardOptions {
  /** Until the connection, TLS included, stands, in milliseconds. */
  readonly timeoutMs: number;
  /** Url of the proxy that connections go through; they are judged alike. Default: none. */
  readonly proxy?: string;
  /** Asked at every new connection. null: there is none now, and no connection is made. Default: connections prove nothing. */
  readonly identity?: () => ClientIdentity | null;
}

/** There is no client certificate to connect with. Nothing was sent. */
class NoIdentity extends Error {
  override readonly name = "NoIdentity";
}

/** For the `connect` option of an undici pool. */
export const guardedConnector = (options: ConnectorOptions): buildConnector.connector => {
  const { port, timeoutMs, proxy } = options;
  const guard = guardOf(options);
  const direct = identified(options.identity, (identity) =>
    buildConnector({ timeout: timeoutMs, autoSelectFamily: true, port, lookup: guard.lookup, ...identity }),
  );
  const connect = proxy === undefined ? direct : throughProxy({ proxy, port, timeoutMs }, guard, direct);
  return (target, done) => {
    const refusal = guard.refusal(target.hostname);
    if (refusal === null) connect(target, done);
    else done(refusal, null);
  };
};

/** A connector for each identity: one keeps the sessions of its connections, and a session proves who began it. */
const identified = (
  identityOf: ConnectorOptions["identity"],
  make: (identity: ClientIdentity | null) => buildConnector.connector,
): buildConnector.connector => {
  if (identityOf === undefined) return make(null);
  let of: ClientIdentity | null = null;
  let connect: buildConnector.connector | null = null;
  return (target, done) => {
    const identity = identityOf();
    if (identity === null) return done(new NoIdentity("no client certificate"), null);
    if (connect === null || identity !== of) connect = make(identity);
    of = identity;
    connect(target, (...connected) => {
      const [, socket] = connected;
      // An alert that comes after the handshake is told before the end of the connection, which undici would take for the cause.
      socket?.once("error", (error) => socket.destroy(error));
      done(...connected);
    });
  };
};

const throughProxy = (
  options: ProxyOptions,
  guard: Guard,
  secure: buildConnector.connector,
): buildConnector.connector => {
  const open = guardedTunnel(options, guard);
  return (target, done) =>
    open(target.hostname, (error, socket) => {
      if (socket !== null && target.protocol === "https:") secure({ ...target, httpSocket: socket }, done);
      else answer(done, error, socket);
    });
};
