// The command that tests previews, in an emulated account that outlives it. What is left there is asked of the account.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { CreateEventBusCommand, DeleteEventBusCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Clients } from "../../../scripts/preview/clients.ts";
import { exit } from "../../../scripts/preview/exit.ts";
import { leftoversOf } from "../../../scripts/preview/leftovers.ts";
import { functionsOf } from "../../../scripts/preview/stopped.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { type StandIn, startStandIn } from "../provider/start.ts";

const root = resolve(import.meta.dirname, "../../..");
const regions = ["us-east-1", "us-west-2", "us-east-2"] as const;
const stack = "aws.us-east-1.active-active";
let services: readonly Ministack[] = [];
let standIn: StandIn | undefined;
let clients: Clients;
let variables: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  services = await Promise.all(regions.map((region) => startMinistack({ region })));
  const urls = Object.fromEntries(services.map(({ region, url }) => [region, url]));
  standIn = await startStandIn(urls);
  variables = { ...standIn.variables, ISTHMUS_EMULATED_REGIONS: JSON.stringify(urls) };
  clients = new Clients(async () => ({ accessKeyId: "test", secretAccessKey: "test" }), urls);
}, 120_000);
afterAll(async () => {
  clients?.close();
  standIn?.stop();
  await Promise.all(services.map((service) => service.kill()));
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  interrupt(): void;
}

function run(...args: readonly string[]): Running {
  const main = join(root, "scripts/preview/main.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "--stack", stack, ...args], {
    cwd: root,
    env: { ...process.env, ...variables },
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((done) => child.on("close", (code) => done({ code, out, err })));
  return { ended, interrupt: () => void child.kill("SIGINT") };
}

const left = (name: string) => leftoversOf(clients, regions, `preview-${name}`);
const resultOf = ({ out }: Ended): unknown => JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");

test("a deployment that fails is destroyed, and what is not its own is told as left", async () => {
  // A bus of this name that somebody made by hand: the region's stack cannot make its own.
  const bus = { Name: "isthmus_preview-failing_aa" };
  await clients.events("us-west-2").send(new CreateEventBusCommand(bus));
  const ended = await run("--name", "failing", "--json").ended;
  const foreign = { region: "us-west-2", kind: "bus", name: bus.Name };
  expect(resultOf(ended)).toMatchObject({ code: exit.left, left: [foreign] });
  expect(ended.code).toBe(exit.left);
  expect(ended.err).toContain("preview-failing.us-west-2.active-active failed");
  expect(await left("failing")).toEqual([foreign]);
  await clients.events("us-west-2").send(new DeleteEventBusCommand(bus));
  // What the first run left on this machine goes with this one.
  expect(await run("--name", "failing", "--destroy").ended).toMatchObject({ code: exit.well });
}, 600_000);

test("nothing is left after Ctrl-C in the middle of a deployment", async () => {
  const running = run("--name", "stopped", "--json");
  const made = () => functionsOf(clients.lambda("us-west-2"), "isthmus_preview-stopped");
  await expect.poll(made, { timeout: 300_000, interval: 50 }).not.toEqual([]);
  running.interrupt();
  const ended = await running.ended;
  expect(ended.err).not.toContain("both flows");
  expect(ended.code).toBe(exit.interrupted);
  expect(resultOf(ended)).toMatchObject({ code: exit.interrupted, left: [] });
  expect(await left("stopped")).toEqual([]);
}, 600_000);
