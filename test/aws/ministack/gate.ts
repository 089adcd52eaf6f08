// Stands before an emulated region and passes calls on, but for those that a test has refused.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export abstract class Gate {
  readonly #region: URL;
  readonly #server = createServer((call, answer) => {
    if (!this.refuses(call, answer)) this.#passOn(call, answer);
  });

  /** @param url of the region */
  constructor(url: string) {
    this.#region = new URL(url);
  }

  async open(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Whether a call is not passed on; then this has taken care of it. */
  protected abstract refuses(call: IncomingMessage, answer: ServerResponse): boolean;

  #passOn(call: IncomingMessage, answer: ServerResponse): void {
    const { method, url: path, headers } = call;
    const { hostname, port } = this.#region;
    const onward = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.once("error", () => answer.destroy());
    call.pipe(onward);
  }
}

/** Answers once the call was read. */
export function refuse(
  call: IncomingMessage,
  answer: ServerResponse,
  { status, type, body }: { readonly status: number; readonly type: string; readonly body: string },
): void {
  call.resume().once("end", () => answer.writeHead(status, { "content-type": type }).end(body));
}

/** What DynamoDB says when it refuses. */
export const tableRefusal = (code: string, message: string) => ({
  status: 400,
  type: "application/x-amz-json-1.0",
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
});

export const isToTable = ({ headers }: IncomingMessage): boolean =>
  String(headers["x-amz-target"]).startsWith("DynamoDB_");
