import { type Bench, type Loaded, type Measure, median } from "./bench.ts";
import { activities, invoices, invoicesDeployment } from "./events.ts";
import { end, type Gateway, startGateway, startScript, until } from "./gateway.ts";
import { type Sink, startSink } from "./sink.ts";

/** Signed deliveries a second with durable state, against a loop that only signs and posts. */
export const egressDispatch: Bench = {
  name: "egress-dispatch",
  about: "signed deliveries from a held backlog against a signed undici loop at concurrency 32",
  async run({ full, say }) {
    const [rounds, count] = full ? [5, 20_000] : [3, 10_000];
    const sink = await startSink();
    const gateway = await startGateway([sink.address]);
    try {
      const bare: number[] = [];
      const ours: number[] = [];
      let base: Loaded | undefined;
      for (let round = 1; round <= rounds; round += 1) {
        say(`round ${round} of ${rounds}`);
        base = await signedLoop(sink, count);
        bare.push(base.rate);
        await hold(gateway, sink, count);
        ours.push(await release(gateway, sink, count));
      }
      return compare(bare, base, ours);
    } finally {
      await gateway.stop();
      await sink.stop();
    }
  },
};

const signedLoop = async (sink: Sink, count: number): Promise<Loaded> => {
  const loop = startScript("./load/signed-loop.ts", [sink.url, String(count)]);
  const loaded = (await loop.message()) as Loaded;
  await end(loop.child);
  await sink.report();
  return loaded;
};

/** Lets the connector accept events, and hand none over. */
export const hold = async (gateway: Gateway, sink: Sink, count: number): Promise<void> => {
  await gateway.deploy(invoices.name, invoices.path, { ...invoicesDeployment(sink.url), paused: true });
  for (let at = 0; at < count; at += 1_000) await gateway.publish(activities(Math.min(1_000, count - at)));
  await until(async () => (await gateway.counts(invoices.name)).pending >= count, "the backlog is accepted");
};

/** Lets go, and tells how many were delivered a second from the first to the last. */
export const release = async (gateway: Gateway, sink: Sink, count: number): Promise<number> => {
  await gateway.deploy(invoices.name, invoices.path, invoicesDeployment(sink.url));
  await until(async () => (await sink.count()) >= count, "everything is delivered");
  await until(async () => (await gateway.counts(invoices.name)).pending === 0, "everything is settled");
  const { calls, ms } = await sink.report();
  return (calls / ms) * 1_000;
};

const compare = (bare: readonly number[], base: Loaded | undefined, ours: readonly number[]): readonly Measure[] => {
  // Round by round, since what else the machine does changes meanwhile.
  const ratio = median(ours.map((rate, at) => rate / (bare[at] ?? rate)));
  return [
    { what: "signed undici loop", rate: median(bare), p50: base?.p50 ?? 0, p99: base?.p99 ?? 0 },
    { what: "gateway", rate: median(ours), ratio, target: ">= 0.6", met: ratio >= 0.6 },
  ];
};
