import { dirname } from "node:path";
import { fillBacklog } from "./backlog.ts";
import type { Bench } from "./bench.ts";
import { activities, invoices, invoicesDeployment } from "./events.ts";
import { startGateway, until } from "./gateway.ts";
import { startSink } from "./sink.ts";

const keys = 500;

/** A region that comes back with a very large backlog in its journal. */
export const recovery: Bench = {
  name: "recovery",
  about:
    "start of a region on a journal with 10^6 open entries: until it acts and sends, and its memory (--full: the whole drain)",
  async run({ full, say }) {
    const backlog = 1_000_000;
    const drained = full ? backlog : 50_000;
    const sink = await startSink();
    const before = await startGateway([sink.address]);
    await before.deploy(invoices.name, invoices.path, invoicesDeployment(sink.url));
    await before.publish(activities(1));
    await until(async () => (await sink.count()) === 1, "the first event is delivered");
    await before.kill();
    say(`filling the journal with ${backlog} entries`);
    await fillBacklog(before.stateDir, "east", invoices.name, backlog, eventOf);
    await sink.report();
    say("starting");
    const startedAt = performance.now();
    const gateway = await startGateway([sink.address], dirname(before.stateDir));
    try {
      const actsMs = performance.now() - startedAt;
      await until(async () => (await sink.count()) > 0, "something is sent");
      const sendsMs = performance.now() - startedAt;
      const started = gateway.memory();
      say(`draining ${drained}`);
      await until(async () => (await sink.count()) >= drained, `${drained} are sent`, 1_200_000);
      const { distinct, calls, ms } = await sink.report();
      const { peak } = gateway.memory();
      return [
        { what: `acts, with ${backlog} open`, value: actsMs, unit: "ms" },
        { what: "sends the first", value: sendsMs, unit: "ms" },
        { what: "memory when it sends", value: started.now, unit: "MB" },
        { what: `drain of ${drained}`, rate: (calls / ms) * 1_000, value: ms / 1_000, unit: "s" },
        { what: "sent twice", value: calls - distinct, unit: "", target: "0", met: calls === distinct },
        { what: "peak memory", value: peak, unit: "MB", target: "< 150 MB", met: peak < 150 },
      ];
    } finally {
      await gateway.stop();
      await sink.stop();
    }
  },
};

const eventOf = (index: number) => ({
  specversion: "1.0",
  type: "repository.activity",
  id: `backlog-${index}`,
  source: "/bench/events",
  time: "2026-01-01T00:00:00Z",
  partitionkey: `octo/repository-${index % keys}`,
  datacontenttype: "application/json",
  data: { repository: `octo/repository-${index % keys}`, activity: "issues/opened", actor: "octocat" },
});
