// The stand-in for the provider of aws: a process that engines attach to, given where each region is emulated.
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import * as z from "zod";
import { account, Clients } from "./clients.ts";
import { handlerOf, type Inputs, type Outputs } from "./kind.ts";
import { kinds } from "./kinds.ts";

const Regions = z.record(z.string(), z.url());
const clients = new Clients(Regions.parse(JSON.parse(process.env.ISTHMUS_EMULATED_REGIONS ?? "{}")));
const handlers = Object.fromEntries(
  Object.entries(kinds).map(([type, kind]) => [type, handlerOf(type, kind, clients)]),
);

/** A URN is `urn:pulumi:stack::project::parentType$type::name`. */
function of(urn: string) {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = handlers[type];
  if (found === undefined) throw new Error(`the stand-in for aws does not know the resource type ${type}`);
  return found;
}

const answers: Readonly<Record<string, (inputs: Inputs) => Outputs>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:root`,
    id: account,
    userId: account,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": ({ region }) => ({
    id: region,
    names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
  }),
};

const provider: Provider = {
  version: "7.48.0",
  check: (urn, olds, news) => of(urn).check(urn, olds, news),
  diff: (id, urn, olds, news) => of(urn).diff(id, urn, olds, news),
  create: (urn, inputs) => of(urn).create(urn, inputs),
  read: (id, urn, props) => of(urn).read(id, urn, props),
  update: (id, urn, olds, news) => of(urn).update(id, urn, olds, news),
  delete: (id, urn, props) => of(urn).delete(id, urn, props),
  invoke: async (token, inputs) => {
    const answer = answers[token];
    if (answer === undefined) throw new Error(`the stand-in for aws does not answer ${token}`);
    return { outputs: answer({ ...Object(inputs) }) };
  },
};

process.stdin.resume().once("end", () => process.exit());
await main(provider, process.argv.slice(2));
