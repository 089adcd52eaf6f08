// What regions share on AWS in one topology: the witness's table, and the tables that are replicated.
import type * as pulumi from "@pulumi/pulumi";
import type { AwsFacts } from "./gateway-plan.ts";
import { tables } from "./names.ts";
import { makeTable, streamArns } from "./table.ts";

/** ARNs of a connector's stream by region. */
export type Streams = Readonly<Record<string, pulumi.Output<string>>>;

/** @param keyArns by region; none: a key of AWS's own */
export function makeAwsWitness(
  parent: pulumi.Resource,
  name: string,
  facts: AwsFacts,
  keyArns: Readonly<Record<string, pulumi.Input<string>>>,
): Readonly<Record<string, Streams>> {
  const [home = "", ...replicas] = facts.regions;
  const common = { keyArns, protect: facts.protectData };
  const at = { parent, name, region: home };
  makeTable(at, `${name}-gateway`, {
    ...common,
    name: tables.gateway(facts.scope),
    replicas,
    holdsEntries: false,
  });
  if (facts.witness !== null) {
    makeTable({ ...at, region: facts.witness }, `${name}-witness`, {
      ...common,
      name: tables.regional(facts.scope),
      replicas: [],
      holdsEntries: false,
    });
  }
  return Object.fromEntries(
    Object.keys(facts.connectors).map((connector) => {
      const table = makeTable(at, `${name}-${connector}-journal`, {
        ...common,
        name: tables.connector(facts.scope, connector),
        replicas,
        holdsEntries: true,
      });
      return [connector, streamArns(table, home, replicas)];
    }),
  );
}
