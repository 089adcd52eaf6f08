import type { IncomingMessage, ServerResponse } from "node:http";
import type { AcceptAnswer, AcceptInput } from "../../../core/acceptor.ts";
import type { Done } from "../../../core/ports.ts";
import type { Region } from "../../../core/region.ts";
import { httpAnswers } from "../../../define/policy.ts";
import { readBody } from "../../../drivers/http/receive/body.ts";
import { tooLarge } from "../../../drivers/http/receive/receive.ts";
import type { ReceiveResult, Refusal } from "../../../drivers/port.ts";
import { acceptAll, otherContent } from "../../shared/receiving.ts";
import type { Deployed, DeployedReceiver } from "../connectors/deployed.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { leave, notNow, reply, unavailable, wrongMethod } from "./answers.ts";

export interface AcceptPorts {
  readonly region: Region;
  readonly telemetry: Telemetry;
  connector(name: string): Deployed | undefined;
}

/** Calls being answered at once; beyond it givers wait. Each may hold a body. */
const mostCalls = 4_096;
const drainingRetryS = 60;

/** The accept path: `POST /<connector>`. An answer of 2xx means that the message is durable. */
export class AcceptHandler {
  readonly #ports: AcceptPorts;
  #open = 0;
  #closing = false;

  constructor(ports: AcceptPorts) {
    this.#ports = ports;
  }

  /** Accepts nothing more; calls that are open are answered. */
  close(): void {
    this.#closing = true;
  }

  handle(connector: DeployedReceiver, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "POST") return wrongMethod(request, response, "POST");
    const refused = this.#unavailable(connector);
    if (refused !== null) return notNow(request, response, refused);
    this.#open += 1;
    response.once("close", () => {
      this.#open -= 1;
    });
    this.#read(connector, request, response);
  }

  #unavailable({ draining }: DeployedReceiver): { readonly reason: string; readonly afterS: number } | null {
    if (this.#closing) return { reason: "stopping", afterS: 1 };
    if (draining) return { reason: "draining", afterS: drainingRetryS };
    return this.#open >= mostCalls ? { reason: "busy", afterS: 1 } : null;
  }

  #read(connector: DeployedReceiver, request: IncomingMessage, response: ServerResponse): void {
    const startedAt = performance.now();
    readBody(request, connector.receiver.limitBytes, (read) => {
      if (read.kind === "gone") return;
      if (read.kind === "too-large") {
        this.#ports.telemetry.refused(connector.spec.name, tooLarge.status);
        return leave(request, response, tooLarge.status, tooLarge.body);
      }
      const { method = "POST", url = "/", headers } = request;
      connector.receiver.receive({ method, url, headers, body: read.body }, (result) =>
        this.#received(connector, result, response, startedAt),
      );
    });
  }

  #received(connector: DeployedReceiver, result: ReceiveResult, response: ServerResponse, startedAt: number): void {
    const { region, telemetry } = this.#ports;
    const { name, onConflict } = connector.spec;
    if (result.kind === "refused") return this.#refuse(name, response, result);
    // It may have been removed while its body came in.
    if (this.#ports.connector(name) === undefined) return unavailable(response, "no such connector", 1);
    const { inputs, answerStatus, answerBody } = result;
    const accept = (input: AcceptInput, done: Done<AcceptAnswer>): void =>
      region.accept(name, input, (answer) => {
        telemetry.accepted(name, answer, performance.now() - startedAt);
        done(answer);
      });
    acceptAll(inputs, onConflict, accept, (worst) => {
      if (worst.kind === "refused") unavailable(response, worst.reason, Math.ceil(worst.retryAfterMs / 1_000));
      else if (worst.kind === "repeated") reply(response, httpAnswers.conflict, otherContent);
      else reply(response, answerStatus, answerBody);
    });
  }

  #refuse(name: string, response: ServerResponse, { status, body, retryAfter }: Refusal): void {
    this.#ports.telemetry.refused(name, status);
    if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
    reply(response, status, body);
  }
}
