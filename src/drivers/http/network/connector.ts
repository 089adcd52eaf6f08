/** Opens sockets to addresses that the policy allows, and to no other. */
import { buildConnector } from "undici";
import { type Guard, type GuardOptions, guardedTunnel, guardOf, type ProxyOptions } from "./guard.ts";
import { answer } from "./tunnel.ts";

export interface ConnectorOptions extends GuardOptions {
  /** Until the connection, TLS included, stands, in milliseconds. */
  readonly timeoutMs: number;
  /** Url of the proxy that connections go through; they are judged alike. Default: none. */
  readonly proxy?: string;
}

/** For the `connect` option of an undici pool. */
export const guardedConnector = (options: ConnectorOptions): buildConnector.connector => {
  const { port, timeoutMs, proxy } = options;
  const guard = guardOf(options);
  const direct = buildConnector({ timeout: timeoutMs, autoSelectFamily: true, port, lookup: guard.lookup });
  const connect = proxy === undefined ? direct : throughProxy({ proxy, port, timeoutMs }, guard, direct);
  return (target, done) => {
    const refusal = guard.refusal(target.hostname);
    if (refusal === null) connect(target, done);
    else done(refusal, null);
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
