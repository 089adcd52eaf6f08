// What an event costs in the handlers of a receiver: time of this process, with the emulator's, and units of its tables.

import { receive } from "../../src/drivers/http/driver.ts";
import { httpAccept } from "../../src/hosts/lambda/accept/http-accept.ts";
import { dispatchToHub } from "../../src/hosts/lambda/dispatch/to-hub.ts";
import definition from "../../src/hosts/node/test-support/definitions/orders-in.ts";
import { httpCall, invocation, openPlace } from "../../test/aws/lambda/place.ts";
import type { Measure } from "../bench.ts";

const parts = { definition, driver: { receive } };
const writes = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** Units of reading and of writing, counted. */
const meter = (): { readonly units: (operation: string, units: number) => void; each(count: number): string } => {
  let [read, written] = [0, 0];
  return {
    units: (operation, units) => {
      if (writes.has(operation)) written += units;
      else read += units;
    },
    each: (count) => `read ${(read / count).toFixed(1)}, write ${(written / count).toFixed(1)} units`,
  };
};

export const eventCosts = async (count: number): Promise<readonly Measure[]> => {
  const place = await openPlace();
  try {
    await place.giveDuty();
    const accepting = meter();
    const accept = httpAccept(parts, place.surroundings({}, accepting.units));
    const calls = Array.from({ length: count }, (_, at) => httpCall(`m${at}`, JSON.stringify({ order: `m${at}` })));
    const accepted = await cpuOf(async () => {
      for (const call of calls) await accept(call, invocation());
    });
    const dispatching = meter();
    const dispatch = dispatchToHub(parts, place.surroundings({}, dispatching.units));
    const dispatched = await cpuOf(() => dispatch({}, invocation()));
    return [
      { what: `receive accept, ${accepting.each(count)} for an event`, value: accepted / count, unit: "ms CPU" },
      { what: `receive dispatch, ${dispatching.each(count)} for an event`, value: dispatched / count, unit: "ms CPU" },
    ];
  } finally {
    await place.aws.kill();
  }
};

/** Of this process: the emulator's is another's. Milliseconds. */
const cpuOf = async (run: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};
