import type { IncomingMessage, ServerResponse } from "node:http";
import { type Attributes, type Meter, metrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { AggregationType, MeterProvider } from "@opentelemetry/sdk-metrics";
import type { AcceptAnswer } from "../../../core/acceptor.ts";
import type {
  Answer,
  Clock,
  Delivery,
  Done,
  Observation,
  Observer,
  ReadAnswer,
  Reading,
  Sending,
  Source,
  Taker,
} from "../../../core/ports.ts";
import type { RegionStatus } from "../../../core/status.ts";
import type { Logger } from "../log.ts";
import { gauges } from "./gauges.ts";
import { Rates } from "./rates.ts";

/** Upper bounds of the histograms, in milliseconds. */
const boundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

const provider = (exporter: PrometheusExporter): MeterProvider => {
  const aggregation = { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries } } as const;
  return new MeterProvider({ readers: [exporter], views: [{ instrumentName: "*_duration", aggregation }] });
};

/** Whoever uses the OpenTelemetry API in this process is seen here too. */
const globalMeter = (made: MeterProvider): Meter => {
  metrics.setGlobalMeterProvider(made);
  return metrics.getMeter("isthmus");
};

/** Metrics of a gateway process, through the OpenTelemetry API, and the log of what its core decides. */
export class Telemetry implements Observer {
  readonly rates: Rates;
  readonly #log: Logger;
  readonly #clock: Clock;
  /** Connectors that no counter sees. */
  readonly #hidden: ReadonlySet<string>;
  readonly #exporter = new PrometheusExporter({ preventServerStart: true });
  readonly #provider = provider(this.#exporter);
  readonly #meter = globalMeter(this.#provider);
  readonly #accepted = this.#meter.createCounter("isthmus_accepted", { description: "Messages and events by answer" });
  readonly #refused = this.#meter.createCounter("isthmus_refused", { description: "Calls refused before accepting" });
  readonly #acceptMs = this.#histogram("isthmus_accept_duration", "From a call's headers to its answer");
  readonly #deliveryMs = this.#histogram("isthmus_delivery_duration", "From handing to a taker to its answer");
  readonly #deliveries = this.#meter.createCounter("isthmus_deliveries", { description: "Attempts by verdict" });
  readonly #reads = this.#meter.createCounter("isthmus_reads", { description: "Reads of a partner by verdict" });
  readonly #readMs = this.#histogram("isthmus_read_duration", "From asking a partner to its page");
  readonly #offered = this.#meter.createCounter("isthmus_offered", { description: "Events given to readers of feeds" });
  readonly #settled = this.#meter.createCounter("isthmus_settled", { description: "Entries by outcome" });
  /** Attributes are kept: a new object for each event costs more than the counting. */
  readonly #attributes = new Map<string, Attributes>();

  constructor(log: Logger, clock: Clock, hidden: readonly string[]) {
    this.#log = log;
    this.#clock = clock;
    this.#hidden = new Set(hidden);
    this.rates = new Rates(clock);
  }

  /** One message or event was answered, `durationMs` after it came. */
  accepted(connector: string, answer: AcceptAnswer, durationMs: number): void {
    this.taken(connector, answer, 1);
    this.#acceptMs.record(durationMs, this.#of(connector, "answer", answer.kind));
  }

  /** Events of the hub were answered. */
  taken(connector: string, answer: AcceptAnswer, count: number): void {
    const outcome = answer.kind === "refused" ? answer.reason : answer.kind;
    this.#accepted.add(count, this.#of(connector, "answer", outcome));
    if (answer.kind === "accepted") this.rates.add(connector, count);
  }

  /** A call was refused before anything was accepted. */
  refused(connector: string, status: number): void {
    this.#refused.add(1, this.#of(connector, "status", String(status)));
  }

  /** A reader of a feed was given events. */
  offered(connector: string, reader: string, count: number): void {
    this.#offered.add(count, this.#of(connector, "reader", reader));
  }

  observe(event: Observation): void {
    if (event.kind !== "settled") {
      const waits = event.kind === "cursor" && event.change === "refused";
      this.#log[waits ? "warn" : "info"](event, waits ? "a poll needs a person" : event.kind);
      return;
    }
    if (this.#hidden.has(event.connector)) return;
    const { outcome, identity, reason } = event.settlement;
    this.#settled.add(1, this.#of(event.connector, "outcome", outcome));
    if (outcome !== "faulted" && outcome !== "unknown") return;
    this.#log.warn({ connector: event.connector, identity, outcome, reason }, "an entry needs a person");
  }

  /** The taker, with what it answers counted. */
  watched(taker: Taker): Taker {
    return {
      send: (delivery: Delivery, done: Done<Answer>): Sending => {
        const start = this.#clock.monotonicMs();
        return taker.send(delivery, (answer) => {
          const attributes = this.#of(delivery.connector, "verdict", answer.verdict);
          this.#deliveries.add(1, attributes);
          this.#deliveryMs.record(this.#clock.monotonicMs() - start, attributes);
          done(answer);
        });
      },
      probe: (connector, site, done) => taker.probe(connector, site, done),
      lookup: (delivery, done) => taker.lookup(delivery, done),
    };
  }

  /** The source, with what it answers counted. Of a connector that reads, the rate is that of what it reads. */
  watchedSource(source: Source): Source {
    return {
      read: (reading: Reading, done: Done<ReadAnswer>): Sending => {
        const start = this.#clock.monotonicMs();
        const { connector } = reading;
        return source.read(reading, (answer) => {
          const attributes = this.#of(connector, "verdict", answer.verdict);
          this.#reads.add(1, attributes);
          this.#readMs.record(this.#clock.monotonicMs() - start, attributes);
          if (answer.page !== null && answer.page.inputs.length > 0)
            this.rates.add(connector, answer.page.inputs.length);
          done(answer);
        });
      },
      probe: (connector, site, done) => source.probe(connector, site, done),
      rewound: (cursor, byMs) => source.rewound(cursor, byMs),
    };
  }

  /** Gauges are read from the status when somebody asks for the metrics. */
  watch(status: () => RegionStatus): void {
    const made = gauges.map(({ name, description, read }) => ({
      gauge: this.#meter.createObservableGauge(name, { description }),
      read,
    }));
    this.#meter.addBatchObservableCallback(
      (result) => {
        const now = status();
        for (const { gauge, read } of made) {
          for (const [value, attributes] of read(now)) result.observe(gauge, value, attributes);
        }
      },
      made.map(({ gauge }) => gauge),
    );
  }

  /** Writes the metrics in the text format of Prometheus. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    this.#exporter.getMetricsRequestHandler(request, response);
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }

  #histogram(name: string, description: string) {
    return this.#meter.createHistogram(name, { description, unit: "ms" });
  }

  #of(connector: string, name: string, value: string): Attributes {
    const key = `${connector} ${name} ${value}`;
    let attributes = this.#attributes.get(key);
    if (attributes === undefined) {
      attributes = { connector, [name]: value };
      this.#attributes.set(key, attributes);
    }
    return attributes;
  }
}
