// Whole stacks of the environment on AWS: what holds for every resource of them, in a preview and in a deployment.
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Registered } from "../connectors/test-support/record.ts";
import { rules } from "../policy/rules.ts";
import { type RecordedStack, recordStack, SECRETS } from "./test-support/stacks.ts";

const REGIONS = ["us-east-1", "us-west-2"] as const;
const MODES = ["active-active", "primary-secondary"] as const;
const stackNames = ["aws.global", ...REGIONS.flatMap((region) => MODES.map((mode) => `aws.${region}.${mode}`))];

const stacks = new Map<string, RecordedStack>();
beforeAll(async () => {
  const global = await recordStack("aws.global", { preview: false });
  for (const preview of [true, false]) {
    for (const name of stackNames)
      stacks.set(`${name} ${preview}`, await recordStack(name, { preview, globalOutputs: global.outputs }));
  }
});
const seenIn = (name: string, preview = false): readonly Registered[] => stacks.get(`${name} ${preview}`)?.seen ?? [];
const isOf = (type: string) => (each: Registered) => each.type === type;
const ofAws = (name: string, preview: boolean) => seenIn(name, preview).filter(({ type }) => type.startsWith("aws:"));

/** Services that know no regions. */
const GLOBAL = /^aws:(iam|route53)\//;
const STATEFUL =
  /^aws:(dynamodb\/table|kms\/key|kms\/replicaKey|s3\/bucket|secretsmanager\/secret|cloudwatch\/eventArchive):/;

describe.each(stackNames.flatMap((name) => [true, false].map((preview) => [name, preview] as const)))(
  "%s, in a preview: %s",
  (name, preview) => {
    test("everything descends from a component", () => {
      expect(seenIn(name, preview).length).toBeGreaterThan(20);
      const stray = ofAws(name, preview).filter(({ parent }) => !/::isthmus:index:\w+::/.test(parent));
      expect(stray.map((each) => each.name)).toEqual([]);
    });

    test("every resource has the stack's provider", () => {
      const without = ofAws(name, preview).filter(({ provider }) => !provider.includes("pulumi:providers:aws::aws::"));
      expect(without.map((each) => each.name)).toEqual([]);
    });

    test("every resource says its region, which is the stack's", () => {
      const [, region] = name.split(".");
      const wrong = ofAws(name, preview).filter(({ type, inputs }) =>
        GLOBAL.test(type) ? inputs.region !== undefined : typeof inputs.region !== "string",
      );
      expect(wrong.map((each) => each.name)).toEqual([]);
      if (region === "global") return;
      const elsewhere = ofAws(name, preview).filter(
        ({ type, inputs }) => !GLOBAL.test(type) && inputs.region !== region,
      );
      expect(elsewhere.map((each) => each.name)).toEqual([]);
    });

    test("what holds state is kept when it is taken out of the program", () => {
      const kept = ofAws(name, preview).filter(({ protect, retainOnDelete }) => protect && retainOnDelete);
      const stateful = ofAws(name, preview).filter(({ type }) => STATEFUL.test(type));
      expect(kept.map((each) => each.name).sort()).toEqual(stateful.map((each) => each.name).sort());
      expect(stateful.length).toBeGreaterThan(0);
    });

    test("no secret stands in what is not marked as one", () => {
      const values = Object.values(SECRETS);
      const plain = seenIn(name, preview).flatMap(({ name: of, inputs, secret }) =>
        Object.entries(inputs)
          .filter(([key]) => !secret.includes(key))
          .map(([key, value]) => [`${of}.${key}`, JSON.stringify(value) ?? ""] as const),
      );
      expect(plain.filter(([, text]) => values.some((value) => text.includes(value))).map(([key]) => key)).toEqual([]);
    });

    test("no two resources of a type have the same name, and none is too long", () => {
      const named = ofAws(name, preview).flatMap(({ type, inputs }) =>
        typeof inputs.name === "string" && !type.startsWith("aws:iam/rolePolicy")
          ? [`${type} ${inputs.region ?? ""} ${inputs.name}`]
          : [],
      );
      expect(named.filter((one, at) => named.indexOf(one) !== at)).toEqual([]);
      const long = ofAws(name, preview).filter(
        ({ type, inputs }) =>
          typeof inputs.name === "string" && inputs.name.length > (/iam\/role:|lambda\/function:/.test(type) ? 64 : 80),
      );
      expect(long.map(({ inputs }) => inputs.name)).toEqual([]);
    });

    test("a preview and a deployment register the same", () => {
      const list = (one: boolean) =>
        seenIn(name, one)
          .map(({ type, name: of }) => `${type} ${of}`)
          .sort();
      expect(list(preview)).toEqual(list(!preview));
    });
  },
);

describe("every stack of a region", () => {
  const all = (type: string) => stackNames.flatMap((name) => seenIn(name).filter(isOf(type)));

  test("queues have a dead-letter queue, or are one", () => {
    const queues = all("aws:sqs/queue:Queue");
    expect(queues.length).toBeGreaterThan(20);
    const without = queues.filter(({ inputs }) => inputs.redrivePolicy === undefined);
    expect(without.filter(({ inputs }) => !/_dead(\.fifo)?$/.test(String(inputs.name)))).toEqual([]);
    expect(queues.filter(({ inputs }) => inputs.sqsManagedSseEnabled !== true)).toEqual([]);
  });

  test("event sources answer in part; those of streams bisect, and tell what they gave up", () => {
    const mappings = all("aws:lambda/eventSourceMapping:EventSourceMapping");
    expect(mappings.length).toBeGreaterThan(20);
    for (const { name, inputs } of mappings) {
      expect([name, inputs.functionResponseTypes]).toEqual([name, ["ReportBatchItemFailures"]]);
      if (inputs.startingPosition === undefined) continue;
      expect([name, inputs.bisectBatchOnFunctionError]).toEqual([name, true]);
      expect(inputs.destinationConfig).toMatchObject({ onFailure: { destinationArn: expect.any(String) } });
    }
  });

  test("functions run on arm64 with logs of their own, and are told no secret", () => {
    const functions = all("aws:lambda/function:Function");
    expect(functions.length).toBeGreaterThan(40);
    for (const { name, inputs } of functions) {
      expect([name, inputs.architectures, inputs.runtime]).toEqual([name, ["arm64"], "nodejs24.x"]);
      expect(inputs.loggingConfig).toMatchObject({ logGroup: `/aws/lambda/${inputs.name}` });
      const told = JSON.stringify(inputs.environment);
      expect(Object.values(SECRETS).filter((value) => told.includes(value))).toEqual([]);
    }
  });

  test("the two regions differ in nothing but their own names", () => {
    // Streams are told by the global stack, and which regions are others depends on which is the own one.
    const alike = (region: string, { type, name, inputs: { code: _, policy: __, ...inputs } }: Registered) =>
      `${type} ${name} ${JSON.stringify(inputs)}`
        .replaceAll(/arn:aws:made:[^"]*_journal\/(stream|replica\/[a-z0-9-]+)/g, "STREAM")
        .replaceAll(/\\"regions\\":\[[^\]]*\]/g, "REGIONS")
        .replaceAll(region, "HERE");
    for (const mode of MODES) {
      const [east, west] = REGIONS.map((region) =>
        ofAws(`aws.${region}.${mode}`, false)
          .map((each) => alike(region, each))
          .sort(),
      );
      expect(west?.filter((line) => !east?.includes(line))).toEqual([]);
      expect(west?.length).toBe(east?.length);
    }
  });

  test("no policy allows everything, of actions or of resources", () => {
    const policies = stackNames.flatMap((name) =>
      seenIn(name).flatMap(({ name: of, type, inputs }) =>
        type.startsWith("aws:kms/")
          ? []
          : [inputs.policy, inputs.assumeRolePolicy].flatMap((text) =>
              typeof text === "string" ? [[of, JSON.parse(text)] as const] : [],
            ),
      ),
    );
    expect(policies.length).toBeGreaterThan(80);
    const wide = policies.flatMap(([of, { Statement }]) =>
      Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow").flatMap(
        ({ Action, Resource = [] }: { Action: string[]; Resource?: string[] }) =>
          [...Action.filter((one) => one.includes("*")), ...Resource.filter((one) => /(^|[:/])\*$/.test(one))].map(
            (one) => `${of}: ${one}`,
          ),
      ),
    );
    // A function's own log group, and its connector's payloads: what they hold has names that nobody knows before.
    const named = /:log-stream:\*$|arn:aws:s3:::isthmus-[a-z0-9-]+\/[a-z0-9-]+\/\*$/;
    expect(wide.filter((one) => !named.test(one))).toEqual([]);
  });
});

/** Resources by type. */
const counted = (resources: readonly Registered[]) => {
  const counts: Record<string, number> = {};
  for (const { type } of [...resources].sort((a, b) => (a.type < b.type ? -1 : 1)))
    counts[type] = (counts[type] ?? 0) + 1;
  return counts;
};

test("the resources that the cost page counts are those that are made", () => {
  const under = (component: string) =>
    counted(ofAws("aws.us-east-1.active-active", false).filter(({ parent }) => parent.endsWith(`::${component}`)));
  const told = {
    gateway: under("us-east-1"),
    connectors: {
      receive: under("github-pushes"),
      poll: under("erp-customers"),
      send: under("billing-usage"),
      feed: under("insurer-policies"),
    },
  };
  expect(told).toEqual(written("cost/counts.json", told));
});

/** What a file of the components says; written anew where that is asked for. */
function written(path: string, told: unknown): unknown {
  const file = new URL(`../connectors/platforms/aws/${path}`, import.meta.url);
  if (process.env.ISTHMUS_WRITE_TYPES === "1") writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`);
  return JSON.parse(readFileSync(file, "utf8"));
}

test("the types and properties that are used are those that are written down", () => {
  const used = new Map<string, Set<string>>();
  for (const name of stackNames) {
    for (const { type, inputs } of ofAws(name, false)) {
      const known = used.get(type) ?? new Set<string>();
      for (const key of Object.keys(inputs)) known.add(key);
      used.set(type, known);
    }
  }
  const told = Object.fromEntries([...used].sort().map(([type, keys]) => [type, [...keys].sort()]));
  expect(told).toEqual(written("resource-types.json", told));
});

describe("the policy pack", () => {
  test.each(stackNames)("finds nothing in %s", (name) => {
    const [, second = ""] = name.split(".");
    const region = second === "global" ? null : second;
    const found = ofAws(name, false).flatMap(({ type, name: of, inputs: props }) =>
      rules
        .filter(({ about }) => about.test(type))
        .flatMap((rule) =>
          rule.look({ type, name: of, props, region }).map((message) => `${rule.name}: ${of} ${message}`),
        ),
    );
    expect(found).toEqual([]);
  });
});
