import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { Clients } from "./clients.ts";
import { handlerOf } from "./kind.ts";
import { kinds } from "./kinds.ts";

const region = "us-west-2";
let aws: Ministack;
beforeAll(async () => {
  aws = await startMinistack({ region });
});
afterAll(() => aws.kill());

const handlers = () => {
  const clients = new Clients({ [region]: aws.url });
  return (type: string) => {
    const kind = kinds[type];
    if (kind === undefined) throw new Error(`no kind ${type}`);
    return handlerOf(type, kind, clients);
  };
};
const resources = {
  "aws:cloudwatch/logGroup:LogGroup": { name: "/aws/lambda/f", region },
  "aws:cloudwatch/eventBus:EventBus": { name: "bus", region },
  "aws:iam/role:Role": { name: "role", assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' },
  "aws:dynamodb/table:Table": { name: "table", region, hashKey: "pk", attributes: [{ name: "pk", type: "S" }] },
  "aws:secretsmanager/secret:Secret": { name: "secret", region },
};

test.each(Object.entries(resources))(
  "%s is there until its region is lost, and can be made again",
  async (type, inputs) => {
    const urn = `urn:pulumi:stack::project::${type}::it`;
    const made = await handlers()(type).create(urn, inputs);
    expect((await handlers()(type).read(made.id, urn, made.outs)).id).toBe(made.id);
    const { port } = aws;
    await aws.kill();
    aws = await startMinistack({ region, port });
    expect((await handlers()(type).read(made.id, urn, made.outs)).id).toBe("");
    const again = await handlers()(type).create(urn, inputs);
    expect((await handlers()(type).read(again.id, urn, again.outs)).id).toBe(again.id);
  },
);
