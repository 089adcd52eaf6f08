import type { Bench } from "./bench.ts";
import { hold, release } from "./egress-dispatch.ts";
import { startGateway } from "./gateway.ts";
import { startSink } from "./sink.ts";

/** A large backlog that goes out at once when its taker is there again. */
export const drain: Bench = {
  name: "drain",
  about: "drain of 100,000 held events (10,000 without --full), and the memory of the process",
  async run({ full, say }) {
    const count = full ? 100_000 : 10_000;
    const sink = await startSink();
    const gateway = await startGateway([sink.address]);
    try {
      say(`holding ${count} events`);
      await hold(gateway, sink, count);
      const before = gateway.memory().now;
      say("draining");
      const rate = await release(gateway, sink, count);
      const seconds = count / rate;
      const { peak } = gateway.memory();
      const most = (20 * count) / 100_000;
      return [
        { what: `drain of ${count}`, rate, value: seconds, unit: "s", target: `< ${most} s`, met: seconds < most },
        { what: "memory with the backlog", value: before, unit: "MB" },
        { what: "peak memory", value: peak, unit: "MB", target: "< 150 MB", met: peak < 150 },
      ];
    } finally {
      await gateway.stop();
      await sink.stop();
    }
  },
};
