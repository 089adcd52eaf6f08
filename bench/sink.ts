import { end, startScript } from "./gateway.ts";

export interface SinkReport {
  readonly distinct: number;
  readonly calls: number;
  /** From the first to the last. */
  readonly ms: number;
  /** Of the time since a message was due, where its giver said when. Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A partner in a process of its own. */
export interface Sink {
  readonly url: string;
  /** Host and port. */
  readonly address: string;
  /** Distinct messages taken since the last report. */
  count(): Promise<number>;
  /** What came since the last report. */
  report(): Promise<SinkReport>;
  stop(): Promise<void>;
}

export const startSink = async (): Promise<Sink> => {
  const { child, message } = startScript("./subjects/sink.ts", []);
  const { port } = (await message()) as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    address: `127.0.0.1:${port}`,
    async count() {
      child.send("count");
      return Number(await message());
    },
    async report() {
      child.send("report");
      return (await message()) as SinkReport;
    },
    stop: () => end(child),
  };
};
