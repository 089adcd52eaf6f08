// Every resource of whole stacks on AWS, each in a line: type, name, the component it belongs to, provider, region, what protects it,
// and which of its inputs are secret. A line that changes is a resource that an `up` replaces, moves or shows.
import { beforeAll, describe, expect, test } from "vitest";
import type { Registered } from "../connectors/test-support/record.ts";
import { rules } from "../policy/rules.ts";
import { ALL_SECRETS, type RecordedStack, recordStack } from "./test-support/stacks.ts";

const REGIONS = ["us-east-1", "us-west-2"] as const;
const MODES = ["active-active", "primary-secondary"] as const;
/** The example, and all that may be asked for beside. */
const environments = {
  aws: {},
  "preview-full": { environment: "test-support/full/environment.ts", secrets: ALL_SECRETS },
} as const;
type Name = keyof typeof environments;
const names: readonly Name[] = ["aws", "preview-full"];

const stacks = new Map<string, RecordedStack>();
beforeAll(async () => {
  for (const name of names) {
    const global = await recordStack(`${name}.global`, { preview: false, ...environments[name] });
    stacks.set(`${name}.global`, global);
    const given = { preview: false, globalOutputs: global.outputs, ...environments[name] };
    for (const region of REGIONS)
      for (const mode of MODES)
        stacks.set(`${name}.${region}.${mode}`, await recordStack(`${name}.${region}.${mode}`, given));
  }
}, 120_000);
const seenIn = (stack: string): readonly Registered[] =>
  (stacks.get(stack)?.seen ?? []).filter(({ type }) => type.startsWith("aws:"));

const line = ({ type, name, parent, provider, inputs, protect, retainOnDelete, secret }: Registered): string =>
  [
    type,
    name,
    `of ${parent.split("::").slice(2).join(" ")}`,
    provider.split("::").slice(-2, -1).join(),
    String(inputs.region ?? "everywhere"),
    ...(protect ? ["protected"] : []),
    ...(retainOnDelete ? ["kept"] : []),
    ...secret.map((key) => `secret ${key}`),
  ].join(" | ");
const table = (stack: string, region = ""): string =>
  `${seenIn(stack)
    .map(line)
    .map((one) => (region === "" ? one : one.replaceAll(region, "REGION")))
    .sort()
    .join("\n")}\n`;

describe.each(names)("%s", (name) => {
  test("the global stack is the table that is written down", async () => {
    await expect(table(`${name}.global`)).toMatchFileSnapshot(`test-support/children/${name}.global.txt`);
  });

  test.each(REGIONS.flatMap((region) => MODES.map((mode) => [region, mode] as const)))(
    "%s in %s is the table that is written down, of all regions",
    async (region, mode) => {
      const file = `test-support/children/${name}.region.txt`;
      await expect(table(`${name}.${region}.${mode}`, region)).toMatchFileSnapshot(file);
    },
  );
});

describe("with all that may be asked for", () => {
  const stack = "preview-full.us-west-2.primary-secondary";
  const inputsOf = (name: string) => seenIn(stack).find((each) => each.name === name)?.inputs;

  test("what calls a partner of fixed source, or privately, stands in the network, and nothing else does", () => {
    const inside = seenIn(stack).filter(({ inputs }) => inputs.vpcConfig !== undefined);
    expect(inside.map(({ name }) => name).sort()).toEqual(["bank-payments-dispatch", "ledger-entries-dispatch"]);
    expect(inside[0]?.inputs.vpcConfig).toEqual({
      subnetIds: ["us-west-2-fixed-1-inside-subnet-id", "us-west-2-fixed-2-inside-subnet-id"],
      securityGroupIds: ["us-west-2-fixed-functions-id"],
    });
    const statements = JSON.parse(String(inputsOf("bank-payments-dispatch-policy")?.policy)).Statement;
    expect(statements.filter(({ Effect }: { Effect: string }) => Effect === "Deny")).toMatchObject([
      { Condition: { ArnEquals: { "lambda:SourceFunctionArn": expect.stringContaining("bank-payments_dispatch") } } },
    ]);
  });

  test("outputs name the domain, and the addresses that the partner lets in", () => {
    const { outputs } = stacks.get(stack) ?? {};
    expect(outputs).toMatchObject({
      url: "https://events-ps.example.com",
      endpoints: { "github-pushes": "https://events-ps.example.com/github-pushes" },
      fixedAddresses: ["198.51.100.7", "198.51.100.7"],
      admin: { publicUrl: "https://events-ps.example.com", fixedAddresses: ["198.51.100.7", "198.51.100.7"] },
    });
  });

  test("alarms are on, and tell the topic of their region; where none is given they tell nobody", () => {
    const alarms = (of: string) => seenIn(of).filter(({ type }) => type.endsWith(":MetricAlarm"));
    const topic = ["arn:aws:sns:us-west-2:123456789012:on-call"];
    expect(alarms(stack).length).toBeGreaterThan(30);
    for (const { name, inputs } of alarms(stack)) {
      expect([name, inputs.actionsEnabled, inputs.alarmActions, inputs.okActions]).toEqual([name, true, topic, topic]);
    }
    expect(alarms("aws.us-west-2.primary-secondary").filter(({ inputs }) => inputs.alarmActions !== undefined)).toEqual(
      [],
    );
  });

  test("every dead-letter queue has an alarm of its messages, and every inbox one of its age", () => {
    const queues = seenIn(stack).flatMap(({ type, inputs }) => (type.endsWith(":Queue") ? [String(inputs.name)] : []));
    const watched = (metric: string) =>
      seenIn(stack)
        .filter(({ inputs }) => inputs.metricName === metric && inputs.threshold !== undefined)
        .map(({ inputs }) => String(Object(inputs.dimensions).QueueName))
        .sort();
    const isDead = (name: string): boolean => /_dead(\.fifo)?$/.test(name);
    expect(watched("ApproximateNumberOfMessagesVisible")).toEqual(queues.filter(isDead).sort());
    expect(watched("ApproximateAgeOfOldestMessage")).toEqual(queues.filter((name) => !isDead(name)).sort());
    expect(queues.filter(isDead).length).toBeGreaterThan(10);
  });

  test("the policy pack finds nothing", () => {
    const found = [...stacks.keys()].flatMap((name) =>
      seenIn(name).flatMap(({ type, name: of, inputs: props }) => {
        const second = name.split(".")[1] ?? "";
        const region = second === "global" ? null : second;
        return rules
          .filter(({ about }) => about.test(type))
          .flatMap((rule) => rule.look({ type, name: of, props, region }).map((said) => `${rule.name}: ${of} ${said}`));
      }),
    );
    expect(found).toEqual([]);
  });

  test("no secret stands in what is not marked as one", () => {
    const plain = seenIn("preview-full.global").flatMap(({ name, inputs, secret }) =>
      Object.entries(inputs)
        .filter(([key, value]) => !secret.includes(key) && holdsSecret(value))
        .map(([key]) => `${name}.${key}`),
    );
    expect(plain).toEqual([]);
  });
});

const holdsSecret = (value: unknown): boolean =>
  Object.values(ALL_SECRETS).some((secret) => (JSON.stringify(value) ?? "").includes(secret));
