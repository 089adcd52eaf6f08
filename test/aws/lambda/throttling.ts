// A region whose tables refuse some of the calls, as they do beyond what they were made for.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const refusal = JSON.stringify({
  __type: "com.amazonaws.dynamodb.v20120810#ThrottlingException",
  message: "Rate exceeded",
});

/** Stands before an emulated region. */
export class Throttling {
  /** Of the calls to tables, how many are refused: 0 none, 1 all. */
  share = 0;
  refused = 0;
  readonly #region: URL;
  readonly #server = createServer((call, answer) => this.#answer(call, answer));

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

  #answer(call: IncomingMessage, answer: ServerResponse): void {
    const toTable = String(call.headers["x-amz-target"]).startsWith("DynamoDB_");
    if (toTable && Math.random() < this.share) {
      this.refused += 1;
      call
        .resume()
        .once("end", () => answer.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(refusal));
      return;
    }
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
