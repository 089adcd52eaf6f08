import type { Bench } from "./bench.ts";
import { invoices, invoicesDeployment, pushes, pushesDeployment } from "./events.ts";
import { startGateway, startScript, until } from "./gateway.ts";
import { type Sink, type SinkReport, startSink } from "./sink.ts";

const perSecond = 300;

/** Time from giver to taker through both connectors and the hub, against a direct call. */
export const endToEnd: Bench = {
  name: "end-to-end",
  about: `giver to taker through the gateway at ${perSecond} events a second, against a direct call`,
  async run({ full, say }) {
    const count = perSecond * (full ? 30 : 10);
    const sink = await startSink();
    const gateway = await startGateway([sink.address]);
    try {
      await gateway.deploy(pushes.name, pushes.path, pushesDeployment);
      await gateway.deploy(invoices.name, invoices.path, invoicesDeployment(sink.url));
      const path = `${gateway.publicUrl}/${pushes.name}`;
      await through(path, sink, perSecond);
      say("direct");
      const direct = await through(`${sink.url}/invoices`, sink, count);
      say("through the gateway");
      const ours = await through(path, sink, count);
      const [middle, tail] = [ours.p50 / direct.p50, ours.p99 / direct.p99];
      return [
        { what: "direct", p50: direct.p50, p99: direct.p99 },
        { what: "gateway", p50: ours.p50, p99: ours.p99, ratio: middle, target: "p50 <= 3", met: middle <= 3 },
        { what: "p99 against direct", ratio: tail },
      ];
    } finally {
      await gateway.stop();
      await sink.stop();
    }
  },
};

const through = async (url: string, sink: Sink, count: number): Promise<SinkReport> => {
  const giver = startScript("./load/paced.ts", [url, String(count), String(perSecond)]);
  const well = Number(await giver.message());
  if (well !== count) throw new Error(`${count - well} of ${count} calls to ${url} were not answered 2xx`);
  await until(async () => (await sink.count()) >= count, "everything arrived");
  return sink.report();
};
