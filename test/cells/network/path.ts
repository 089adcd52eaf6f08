// A way that bytes take, and what may be wrong with it. Connections that stand feel a change at once.
import type { Socket } from "node:net";

export type Rule =
  | "pass"
  /** Nothing arrives, either way, and nobody is told. */
  | "cut"
  /** Connections are reset, new ones refused. */
  | "reset"
  /** What the region sends vanishes; what is sent to it arrives. */
  | "region-unheard"
  /** Of each connection the first bytes pass, as with a link that loses packets longer than that. */
  | "narrow";

/** Bytes of a connection that pass a narrow path, each way. */
const narrowBytes = 1_400;

interface Connection {
  readonly caller: Socket;
  readonly called: Socket;
  /** Something of it did not arrive: it is of no use when the path is well again. */
  spoiled: boolean;
  readonly passed: { caller: number; called: number };
}

export class Path {
  /** Who of a connection is our region. */
  readonly #region: "caller" | "called";
  readonly #connections = new Set<Connection>();
  /** Callers that nobody answers. */
  readonly #unanswered = new Set<Socket>();
  #rule: Rule = "pass";

  constructor(region: "caller" | "called") {
    this.#region = region;
  }

  get rule(): Rule {
    return this.#rule;
  }

  set rule(rule: Rule) {
    this.#rule = rule;
    if (rule === "reset") for (const connection of this.#connections) reset(connection);
    if (rule !== "pass") return;
    for (const socket of this.#unanswered) socket.destroy();
    for (const connection of this.#connections) if (connection.spoiled) reset(connection);
  }

  /** Whether a caller gets a connection now; of one that gets none this path has taken care. */
  admits(caller: Socket): boolean {
    if (this.#rule === "reset") {
      caller.resetAndDestroy();
      return false;
    }
    if (this.#rule !== "cut") return true;
    this.#unanswered.add(caller);
    caller.on("error", () => undefined).once("close", () => this.#unanswered.delete(caller));
    caller.resume();
    return false;
  }

  join(caller: Socket, called: Socket): void {
    const connection: Connection = { caller, called, spoiled: false, passed: { caller: 0, called: 0 } };
    this.#connections.add(connection);
    this.#carry(connection, "caller");
    this.#carry(connection, "called");
  }

  close(): void {
    for (const socket of this.#unanswered) socket.destroy();
    for (const connection of this.#connections) reset(connection);
  }

  #carry(connection: Connection, from: "caller" | "called"): void {
    const [source, sink] =
      from === "caller" ? [connection.caller, connection.called] : [connection.called, connection.caller];
    source.setNoDelay(true);
    source.on("data", (chunk: Buffer) => {
      const passing = this.#passing(connection, from, chunk);
      if (passing.length < chunk.length) connection.spoiled = true;
      if (passing.length > 0 && !sink.write(passing)) {
        source.pause();
        sink.once("drain", () => source.resume());
      }
    });
    source.on("error", () => undefined);
    source.once("end", () => {
      // An end is a packet like any other.
      if (this.#passing(connection, from, end).length > 0) sink.end();
    });
    source.once("close", () => {
      this.#connections.delete(connection);
      if (this.#passing(connection, from, end).length > 0) sink.destroy();
    });
  }

  #passing(connection: Connection, from: "caller" | "called", chunk: Buffer): Buffer {
    switch (this.#rule) {
      case "pass":
        return connection.spoiled ? nothing : chunk;
      case "cut":
      case "reset":
        return nothing;
      case "region-unheard":
        return from === this.#region ? nothing : chunk;
      case "narrow": {
        if (chunk === end) return chunk;
        const left = Math.max(0, narrowBytes - connection.passed[from]);
        connection.passed[from] += chunk.length;
        return chunk.subarray(0, left);
      }
    }
  }
}

const nothing = Buffer.alloc(0);
const end = Buffer.from("end");

function reset({ caller, called }: Connection): void {
  caller.destroy();
  called.destroy();
}
