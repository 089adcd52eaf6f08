import { DynamoTable } from "../../../aws/dynamo/dynamo-table.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import { keeperConfig } from "../config.ts";
import { otherSet } from "../lease/voter-set.ts";
import { dynamoVoters, voterNames } from "../lease/voters.ts";
import { clientOf, configOf, type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { Keeper, type KeeperStart } from "./keeper.ts";
import { Traces } from "./traces.ts";
import { LambdaWake } from "./wake.ts";

/** How long one call keeps, at most. Milliseconds. */
const loopMs = 50_000;
/** Left of a call for its end, beside the time that the voters have for their answers. Milliseconds. */
const endMs = 2_000;

/** The keeper of a region's duties, call after call. */
export const keep = (surroundings: Surroundings): Handler<KeeperStart> => {
  const config = configOf(keeperConfig, surroundings.variables);
  const { clock, random, log } = surroundings;
  const { environment, region, regions, mode, lease: timings, connectors } = config;
  const client = clientOf(surroundings, config);
  const units = surroundings.units === undefined ? {} : { units: surroundings.units };
  const table = (name: string, at = region): Table =>
    new DynamoTable({ client, region: at, name, timeoutMs: timings.requestTimeoutMs / 4, ...units });
  const regionalTable = table(config.regionalTable);
  const gatewayTable = table(config.gatewayTable);
  const engines = Object.fromEntries(Object.entries(connectors).map(([name, each]) => [name, each.dispatchFunction]));
  const voters = voterNames(config);
  const voterTables = voters.map((name) => table(config.regionalTable, name));
  return async (_event, invocation) => {
    const other = await new Promise<string | null>((done) => otherSet(voterTables, voters, done));
    if (other !== null) {
      log.error("the voters are not those that the environment was deployed with: nothing is held", {
        voters: voters.join(" "),
        other,
      });
      return "failed";
    }
    // A call that Lambda makes again has the identity of the first.
    const id = crypto.randomUUID();
    const failed = (name: string): void => log.warn("a function could not be started", { function: name });
    const wake = new LambdaWake({ client, region, engines, keeper: config.keeperFunction, failed });
    const keeper = new Keeper(
      { region, regions, mode, id, timings, connectors: Object.keys(connectors) },
      { clock, random, voters: dynamoVoters({ ...config, client, clock }, id), regionalTable, gatewayTable, wake },
    );
    const started = await new Promise<KeeperStart>((done) => keeper.start(done));
    if (started !== "keeps") {
      log.warn("this call does not keep", { why: started });
      return started;
    }
    const leftMs = invocation.getRemainingTimeInMillis() - timings.requestTimeoutMs - endMs;
    const keepMs = Math.min(loopMs, leftMs);
    const place = { environment, region, mode, lease: timings, regionalTable, clock, random };
    const traces = new Traces({ ...place, id, until: clock.monotonicMs() + keepMs });
    traces.start();
    await new Promise<void>((done) => {
      clock.after(keepMs, done);
      // No other call runs beside this one: the region would have no keeper for as long as it waits.
      keeper.onLost(done);
    });
    await traces.stop();
    await new Promise<void>((done) => keeper.stop(done));
    wake.keeper();
    await wake.settled();
    return started;
  };
};

let kept: Handler<KeeperStart> | null = null;

export const handler: Handler<KeeperStart> = (event, invocation) => {
  kept ??= keep(onLambda);
  return kept(event, invocation);
};
