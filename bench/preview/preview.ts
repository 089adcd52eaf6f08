import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { CURSORS } from "../../connectors/platforms/aws/names.ts";
import { backend } from "../../scripts/deploy/backend.ts";
import { preview as previewStacks, type StackOptions } from "../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../scripts/engine/engine.ts";
import { startStandIn } from "../../test/aws/provider/start.ts";
import type { Bench, Measure } from "../bench.ts";
import { type Definitions, root, writeDefinitions } from "./definitions.ts";
import { watchingMemory } from "./memory.ts";

const sizes = [1, 50, 200];
const longestMs = 60_000;
const [region, mode] = ["us-east-1", "active-active"];
const regions = [region, "us-west-2", "us-east-2"];
const account = "000000000000";
const environment = "../bench/preview/environment.ts";
const global = "preview-bench.global";
const stack = `preview-bench.${region}.${mode}`;

interface Previewed {
  readonly connectors: number;
  readonly ms: number;
  readonly peakMb: number;
}

/** What `pulumi preview` of a region takes that has nothing yet. */
export const preview: Bench = {
  name: "preview",
  about: "pulumi preview of a region on AWS, through the engine and the stand-in for the provider",
  async run({ say }) {
    const standIn = await startStandIn(Object.fromEntries(regions.map((name) => [name, "http://127.0.0.1:9"])));
    Object.assign(process.env, standIn.variables);
    try {
      const all: Previewed[] = [];
      for (const count of sizes) {
        say(`${count} connectors`);
        all.push(await previewed(count));
      }
      return measuresOf(all);
    } finally {
      standIn.stop();
    }
  },
};

const measuresOf = (all: readonly Previewed[]): readonly Measure[] => {
  const [one, , most] = all;
  return all.flatMap((each) => {
    const { connectors, ms, peakMb } = each;
    const added = connectors > 1 && one !== undefined ? (ms - one.ms) / (connectors - one.connectors) : null;
    return [
      {
        what: `${connectors} connectors: preview`,
        value: ms / 1_000,
        unit: "s",
        ...(each === most && { target: `< ${longestMs / 1_000} s`, met: ms < longestMs }),
      },
      ...(added === null
        ? []
        : [{ what: `${connectors} connectors: for each above the first`, value: added, unit: "ms" }]),
      { what: `${connectors} connectors: memory of engine and program at most`, value: peakMb, unit: "MB" },
    ];
  });
};

const previewed = async (count: number): Promise<Previewed> => {
  const home = mkdtempSync(join(tmpdir(), "isthmus-bench-preview-"));
  const definitions = writeDefinitions(count);
  process.env.ISTHMUS_BENCH_CONNECTORS = JSON.stringify(definitions.connectors);
  try {
    const options = { engine: await findOrGetEngine(), home, stacks: [{ stack, config: { environment } }] };
    await pretendGlobal(options, definitions);
    const began = performance.now();
    const peakMb = await watchingMemory(() => previewStacks(options));
    return { connectors: count, ms: performance.now() - began, peakMb };
  } finally {
    definitions.remove();
    rmSync(home, { recursive: true });
    for (const name of [global, stack]) rmSync(join(root, `Pulumi.${name}.yaml`), { force: true });
  }
};

/** The state of a global stack that was deployed, as far as regions read it. */
const pretendGlobal = async (options: StackOptions, { connectors, secrets }: Definitions): Promise<void> => {
  const { environment: envVars } = await backend(options);
  const made = await LocalWorkspace.createOrSelectStack(
    { stackName: global, workDir: root },
    { pulumiCommand: options.engine.command, envVars },
  );
  const streamsOf = (name: string) =>
    Object.fromEntries(
      regions.map((at) => [at, `arn:aws:dynamodb:${at}:${account}:table/${name}/stream/2026-01-01T00:00:00.000`]),
    );
  const secretArns = [...secrets, CURSORS].map((name) => [
    name,
    `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`,
  ]);
  const shared = {
    settings: {},
    loopback: [],
    account,
    keyArns: Object.fromEntries(regions.map((at) => [at, `arn:aws:kms:${at}:${account}:key/mrk-1`])),
    secretArns: Object.fromEntries(secretArns),
    streams: { [mode]: Object.fromEntries(Object.keys(connectors).map((name) => [name, streamsOf(name)])) },
    certificates: {},
  };
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${global}::isthmus::${type}::isthmus-${global}`;
  const manifest = { time: new Date(0).toISOString(), magic: "", version: "" };
  await made.importStack({
    version: 3,
    deployment: { manifest, resources: [{ urn, type, custom: false, outputs: { shared } }] },
  });
};
