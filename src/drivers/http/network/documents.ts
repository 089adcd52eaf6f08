/**
 * Short documents that prove who somebody is: keys, tokens. Read with Node's own client, so that a function that makes no
 * other call carries no other.
 */
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, Socket } from "node:net";
import { connect as secure } from "node:tls";
import type { Location } from "../../../define/model.ts";
import type { NetworkOptions } from "../../port.ts";
import { type Guard, guardedTunnel, guardOf, literalOf, portOf } from "./guard.ts";
import { addressJudge } from "./policy.ts";

export interface DocumentRequest {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Until the whole document is here, in milliseconds. */
  readonly timeoutMs: number;
}

/** Through the same guard as every call of ours. Redirects are not followed. Rejects where there is no whole answer. */
export type DocumentReader = (url: URL, request: DocumentRequest) => Promise<Response>;

const largestDocument = 262_144;

export const documentReader = (location: Location, network: NetworkOptions): DocumentReader => {
  const judge = addressJudge({ location, ...network });
  return (url, request) => {
    const port = portOf(url);
    const guard = guardOf({ judge, port, ...(network.lookup !== undefined && { lookup: network.lookup }) });
    const refusal = guard.refusal(url.hostname);
    if (refusal !== null) return Promise.reject(refusal);
    return read(url, request, {
      lookup: guard.lookup,
      ...(network.proxy !== undefined && {
        createConnection: tunnelled(url, { proxy: network.proxy, port, timeoutMs: request.timeoutMs }, guard),
      }),
    });
  };
};

type Connect = NonNullable<RequestOptions["createConnection"]>;

/** @returns what node's client asks for a connection, with TLS where the url says so */
const tunnelled = (
  { protocol, hostname }: URL,
  options: { readonly proxy: string; readonly port: number; readonly timeoutMs: number },
  guard: Guard,
): Connect => {
  const open = guardedTunnel(options, guard);
  return (_options, done) => {
    open(hostname, (error, socket) => {
      if (error !== null) done(error, new Socket());
      else if (socket !== null) done(null, protocol === "https:" ? secured(socket, hostname) : socket);
    });
    return null;
  };
};

const secured = (socket: Socket, hostname: string): Socket => {
  const host = literalOf(hostname);
  return secure({ socket, host, ...(isIP(host) === 0 && { servername: host }) });
};

const read = (
  url: URL,
  { method, headers, body, timeoutMs }: DocumentRequest,
  connection: Pick<RequestOptions, "lookup" | "createConnection">,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? secureRequest : plainRequest;
    const asking: ClientRequest = send(url, {
      method,
      headers: { accept: "application/json", "user-agent": "isthmus", ...headers },
      // An agent would open connections in its own way.
      ...(connection.createConnection === undefined && { agent: false }),
      ...connection,
    });
    // A timer of the socket would begin anew with every byte.
    const timer = setTimeout(() => asking.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    asking.once("close", () => clearTimeout(timer));
    asking.on("error", reject);
    asking.once("response", (answer) => collect(answer, resolve, reject));
    asking.end(body);
  });

const collect = (
  answer: IncomingMessage,
  resolve: (response: Response) => void,
  reject: (error: Error) => void,
): void => {
  const chunks: Buffer[] = [];
  let length = 0;
  answer.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > largestDocument) answer.destroy(new Error(`the document is longer than ${largestDocument} bytes`));
    else chunks.push(chunk);
  });
  answer.on("error", reject);
  answer.once("end", () => {
    const { statusCode: status = 0, headers } = answer;
    const type = headers["content-type"];
    const challenge = headers["www-authenticate"];
    resolve(
      new Response(isBodiless(status) ? null : Buffer.concat(chunks), {
        status,
        headers: {
          ...(type !== undefined && { "content-type": type }),
          ...(challenge !== undefined && { "www-authenticate": challenge }),
        },
      }),
    );
  });
};

/** A response of these cannot be made with a body. */
const isBodiless = (status: number): boolean => [101, 204, 205, 304].includes(status);
