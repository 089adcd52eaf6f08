/** Connections through an HTTP proxy: CONNECT, then the bytes of the connection as they are. */
import { request } from "node:http";
import type { Socket } from "node:net";
import type { buildConnector } from "undici";

export type Tunnelled = (error: Error | null, socket: Socket | null) => void;

export interface TunnelOptions {
  /** Url of the proxy, for example `http://127.0.0.1:3128`. */
  readonly proxy: string;
  /** Until the proxy has answered, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Asks the proxy for a connection to `host:port`. A proxy that is not there, or refuses, is trouble of the link and not of
 * the target (`EHOSTUNREACH`), unless it says that the target itself refused (RFC 9209).
 */
export const openTunnel = (target: string, { proxy, timeoutMs }: TunnelOptions, done: Tunnelled): void => {
  const { hostname, port } = new URL(proxy);
  const asking = request({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    method: "CONNECT",
    path: target,
    headers: { host: target },
    agent: false,
  });
  const timer = setTimeout(
    () => asking.destroy(failure("UND_ERR_CONNECT_TIMEOUT", `no answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  asking.once("connect", ({ statusCode = 0, headers }, socket: Socket, head: Buffer) => {
    clearTimeout(timer);
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      return done(failure(codeOf(headers["proxy-status"]), `it answered ${statusCode}`), null);
    }
    if (head.length > 0) socket.unshift(head);
    done(null, socket.setNoDelay(true));
  });
  asking.once("error", (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    done(error.code === "UND_ERR_CONNECT_TIMEOUT" ? error : failure("EHOSTUNREACH", error.message), null);
  });
  asking.end();
};

/** For the `connect` option of an undici pool whose target is plain HTTP and needs no judging. */
export const tunnelConnector =
  (options: TunnelOptions): buildConnector.connector =>
  ({ hostname, port }, done) =>
    openTunnel(`${hostname}:${port || "80"}`, options, (error, socket) => answer(done, error, socket));

/** A callback of undici takes either, not both. */
export const answer = (done: buildConnector.Callback, error: Error | null, socket: Socket | null): void => {
  if (socket !== null) done(null, socket);
  else done(error ?? failure("EHOSTUNREACH", "no connection"), null);
};

/** What the proxy says of its own connection to the target. */
const codeOf = (status: string | readonly string[] | undefined): string => {
  const [, error] = /;\s*error=([a-z_]+)/.exec(String(status)) ?? [];
  return error === "connection_refused" ? "ECONNREFUSED" : "EHOSTUNREACH";
};

const failure = (code: string, detail: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`the outbound proxy gives no connection: ${detail}`), { code });
