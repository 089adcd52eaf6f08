// The clients of the README, as processes, against two regions of a feed.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FeedAnswer, FeedReading } from "../../../core/ports.ts";
import { positionOf } from "../../../core/vector.ts";
import type { FeedResponse } from "../../port.ts";
import { requestOf, serverOf } from "./testing.ts";

const pageSize = 4;
const eventAt = (position: number): string => JSON.stringify({ specversion: "1.0", id: String(position) });
const upTo = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => String(at + 1));

/** A region that serves a feed with the driver, in pages of a few events: the event at position n has the id n. */
class FeedRegion {
  /** How many events it has. */
  count = 10;
  behaviour: "serves" | "cuts its answers" | "is starting" = "serves";
  /** Up to here nothing is kept. */
  pruned = 0;
  /** How often it was asked for a page. */
  asked = 0;
  readonly #driver = serverOf();
  readonly #server: Server = createServer((request, response) => {
    const token = request.headers.authorization?.split(" ")[1] ?? null;
    this.#driver.request(requestOf(request.url ?? "/", token), (asked) => {
      if (asked.kind === "answer") return this.#write(response, asked.response);
      this.asked += 1;
      const answer = this.#read(asked.reading);
      // A reader that has all there is waits for longer than a test takes.
      if (answer !== null) this.#write(response, this.#driver.response(asked.reading, answer));
    });
  });

  static async open(): Promise<FeedRegion> {
    const region = new FeedRegion();
    region.#server.listen(0, "127.0.0.1");
    await once(region.#server, "listening");
    return region;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/orders`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #read({ cursor }: FeedReading): FeedAnswer | null {
    if (this.behaviour === "is starting") return { kind: "refused", retryAfterMs: 1_000 };
    const above = positionOf(cursor ?? {}, "east.1");
    if (above < this.pruned) return { kind: "gone", earliest: { "east.1": this.pruned } };
    const to = Math.min(above + pageSize, this.count);
    const events = Array.from({ length: to - above }, (_, at) => eventAt(above + at + 1));
    return events.length === 0 ? null : { kind: "page", events, cursor: { "east.1": to }, more: to < this.count };
  }

  #write(response: ServerResponse, { status, headers, body }: FeedResponse): void {
    if (this.behaviour !== "cuts its answers") {
      response.writeHead(status, headers).end(body);
      return;
    }
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.write(body.slice(0, 20), () => response.destroy());
  }
}

interface Client {
  readonly file: string;
  readonly command: string;
}
const clients: readonly (Client & { readonly needs: string })[] = [
  { file: "reader.sh", command: "sh", needs: "curl" },
  { file: "reader.py", command: "python3", needs: "python3" },
  { file: "reader.ts", command: process.execPath, needs: process.execPath },
];
const isHere = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;

/** A client at work, with what it printed. */
class Running {
  readonly ids: string[] = [];
  said = "";
  readonly #child: ChildProcess;

  constructor({ file, command }: Client, folder: string, urls: readonly string[], token = "token") {
    const settings = { FEED_URLS: urls.join(" "), FEED_TOKEN: token, FEED_CURSOR: join(folder, "cursor") };
    const child = spawn(command, [join(import.meta.dirname, "clients", file)], {
      env: { ...process.env, ...settings, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that what it started ends with it.
      detached: true,
    });
    child.stderr.on("data", (chunk) => (this.said += chunk));
    createInterface({ input: child.stdout }).on("line", (line) => this.ids.push(...idsIn(line)));
    this.#child = child;
  }

  get code(): number | null {
    return this.#child.exitCode;
  }

  /** From now on it cannot print: what it reads it cannot deal with. */
  deafen(): void {
    this.#child.stdout?.destroy();
  }

  async end(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const over = once(this.#child, "exit");
    process.kill(-pid, "SIGKILL");
    await over;
  }
}

const idsIn = (line: string): readonly string[] => {
  const printed: unknown = JSON.parse(line);
  const events: readonly { readonly id: string }[] = Array.isArray(printed) ? printed : [printed];
  return events.map(({ id }) => id);
};

describe.for(clients)("$file", { timeout: 30_000 }, (client) => {
  const patience = { timeout: 15_000 };
  let folder: string;
  let east: FeedRegion;
  let west: FeedRegion;
  const running: Running[] = [];
  const run = (token?: string): Running => {
    const started = new Running(client, folder, [east.url, west.url], token);
    running.push(started);
    return started;
  };
  beforeEach(async ({ skip }) => {
    skip(!isHere(client.needs), `${client.needs} is not on this machine`);
    folder = mkdtempSync(join(tmpdir(), "isthmus-feed-"));
    [east, west] = await Promise.all([FeedRegion.open(), FeedRegion.open()]);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.end()));
    for (const region of [east, west]) region?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test("reads every event once and in order, and goes on where it was after a restart", async () => {
    const first = run();
    await expect.poll(() => first.ids, patience).toEqual(upTo(10));
    await expect.poll(() => east.asked, patience).toBe(4);
    await first.end();
    east.count = 13;
    const second = run();
    await expect.poll(() => second.ids, patience).toEqual(["11", "12", "13"]);
  });

  test("goes on from a cursor that another of these clients, or a person, wrote with a line break", async () => {
    const first = run();
    await expect.poll(() => east.asked, patience).toBe(4);
    await first.end();
    appendFileSync(join(folder, "cursor"), "\n");
    east.count = 11;
    const second = run();
    await expect.poll(() => second.ids, patience).toEqual(["11"]);
  });

  test("keeps its place only after it has dealt with a page: what it could not deal with it reads again", async () => {
    const first = run();
    first.deafen();
    await expect.poll(() => first.code !== null || east.asked + west.asked > 1, patience).toBe(true);
    await first.end();
    const second = run();
    await expect.poll(() => second.ids, patience).toEqual(upTo(10));
  });

  test("goes on at the other region with the same cursor when one is away", async () => {
    const reader = run();
    await expect.poll(() => east.asked, patience).toBe(4);
    west.count = 15;
    east.close();
    await expect.poll(() => reader.ids, patience).toEqual(upTo(15));
  });

  test("waits as long as regions ask it to that are not ready", async () => {
    for (const region of [east, west]) region.behaviour = "is starting";
    const reader = run();
    await expect.poll(() => east.asked + west.asked, patience).toBeGreaterThanOrEqual(4);
    east.behaviour = "serves";
    await expect.poll(() => reader.ids, patience).toEqual(upTo(10));
    expect(reader.code).toBeNull();
  });

  test("does not take a part of a page for a page", async () => {
    for (const region of [east, west]) region.behaviour = "cuts its answers";
    const reader = run();
    await expect.poll(() => west.asked, patience).toBeGreaterThanOrEqual(1);
    east.behaviour = "serves";
    await expect.poll(() => reader.ids, patience).toEqual(upTo(10));
  });

  test("behind what is kept, says so and reads on from the earliest", async () => {
    const first = run();
    await expect.poll(() => east.asked, patience).toBe(4);
    await first.end();
    Object.assign(east, { pruned: 20, count: 22 });
    const second = run();
    await expect.poll(() => second.ids, patience).toEqual(["21", "22"]);
    expect(second.said).toContain("no longer kept");
  });

  test("ends, and says why, where it is not let in", async () => {
    const reader = run("wrong");
    await expect.poll(() => reader.code, patience).toBeGreaterThan(0);
    expect(reader.said).toMatch(/401.*not verified/);
    expect(reader.said).not.toContain("wrong");
  });
});
