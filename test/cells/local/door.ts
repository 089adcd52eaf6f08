// The drill's own hands in a network namespace: sockets that a process there opens for it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type Asked, told } from "./door-messages.ts";

const doorman = fileURLToPath(new URL("doorman.ts", import.meta.url));

interface Waiting {
  done(handle: unknown): void;
  failed(error: Error): void;
}

export class Door {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  private constructor(running: ChildProcess) {
    this.#process = running;
    running.on("message", (message, handle) => this.#take(told.parse(message), handle));
    running.once("exit", () => this.#giveUp());
  }

  static async open(namespace: string): Promise<Door> {
    const program = [process.execPath, "--disable-warning=ExperimentalWarning", doorman];
    const running = spawn("ip", ["netns", "exec", namespace, ...program], {
      // Ctrl-C is for the drill, which still needs it then.
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const gone = new AbortController();
    running.once("exit", () => gone.abort(new Error(`no process runs in network namespace ${namespace}`)));
    await once(running, "message", { signal: gone.signal });
    return new Door(running);
  }

  /** @throws with the system's code, or the signal's reason */
  async connect(host: string, port: number, signal: AbortSignal): Promise<Socket> {
    const id = this.#next();
    const abandon = (): void => {
      this.#waiting.get(id)?.failed(new Error("nobody waits any more"));
      this.#waiting.delete(id);
      this.#ask({ do: "abandon", id });
    };
    signal.throwIfAborted();
    signal.addEventListener("abort", abandon, { once: true });
    try {
      const handle = await this.#answer({ do: "connect", id, host, port });
      if (!(handle instanceof Socket)) throw new Error("a connection was lost on its way");
      return handle;
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  /** Something that a server of the drill can listen on. */
  async listen(host: string, port: number): Promise<Server> {
    const handle = await this.#answer({ do: "listen", id: this.#next(), host, port });
    if (!(handle instanceof Server)) throw new Error("a listening socket was lost on its way");
    return handle;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.disconnect();
    await gone;
  }

  #next(): number {
    this.#asked += 1;
    return this.#asked;
  }

  #ask(question: Asked): void {
    if (this.#process.connected) this.#process.send(question);
  }

  #answer(question: Asked): Promise<unknown> {
    return new Promise((done, failed) => {
      if (!this.#process.connected) return failed(new Error("nobody stands at the door"));
      this.#waiting.set(question.id, { done, failed });
      this.#ask(question);
    });
  }

  #take(message: ReturnType<typeof told.parse>, handle: unknown): void {
    if (message === "ready") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (waiting === undefined) {
      if (handle instanceof Socket) handle.on("error", () => undefined).destroy();
    } else if (message.code === null) waiting.done(handle);
    else waiting.failed(Object.assign(new Error(message.code), { code: message.code }));
  }

  #giveUp(): void {
    for (const { failed } of this.#waiting.values()) failed(new Error("nobody stands at the door any more"));
    this.#waiting.clear();
  }
}
