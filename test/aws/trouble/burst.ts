// Stands before an emulated region: for a while one of its services refuses calls, in its own words, as each does beyond its quotas.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Service = "dynamodb" | "events" | "secretsmanager" | "sqs" | "sts";

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, code: string, type = "application/x-amz-json-1.1"): Refusal => ({
  status,
  type,
  body: JSON.stringify({ __type: code, message: "Rate exceeded" }),
});
const xml = (status: number, body: string): Refusal => ({ status, type: "text/xml", body });

const refusals: Readonly<Record<Service, Refusal>> = {
  dynamodb: json(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException", "application/x-amz-json-1.0"),
  events: json(400, "ThrottlingException"),
  secretsmanager: json(400, "ThrottlingException"),
  sqs: json(403, "com.amazonaws.sqs#RequestThrottled", "application/x-amz-json-1.0"),
  sts: xml(
    400,
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
  ),
};

export class Burst {
  /** Refuses all that is asked of it; null: none does. */
  service: Service | null = null;
  /** Calls that were refused since the last burst began. */
  refused = 0;
  readonly #region: URL;
  readonly #server = createServer((call, answer) => this.#answer(call, answer));

  private constructor(url: string) {
    this.#region = new URL(url);
  }

  static async open(url: string): Promise<Burst> {
    const burst = new Burst(url);
    await new Promise<void>((done) => burst.#server.listen(0, "127.0.0.1", done));
    return burst;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  begin(service: Service): void {
    this.refused = 0;
    this.service = service;
  }

  end(): void {
    this.service = null;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(call: IncomingMessage, answer: ServerResponse): void {
    if (this.service !== null && serviceOf(call) === this.service) {
      this.refused += 1;
      const { status, type, body } = refusals[this.service];
      call.resume().once("end", () => answer.writeHead(status, { "content-type": type }).end(body));
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

/** As the signature names it: `Credential=<key>/<day>/<region>/<service>/aws4_request`. */
const serviceOf = ({ headers }: IncomingMessage): string =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
