/** Role poll: we read the partner's queues. A message is deleted by the reading after the one that made it durable. */
import type { Done, ReadAnswer, Reading, Sending } from "../../../core/ports.ts";
import type { IngressFunctions, PollSpec, SpecOf } from "../../../define/spec.ts";
import type { Judgement } from "../../../define/taxonomy.ts";
import { type AwsSite, awsSites } from "../../aws/sites.ts";
import { probeSite } from "../../http/site/probe.ts";
import { closeSites } from "../../http/site/site.ts";
import type { DriverContext, Reader } from "../../port.ts";
import { type QueueInput, queueInput } from "../messages.ts";
import { receiptsIn } from "./cursor.ts";
import { QueuesReading } from "./reading.ts";

const nothingOpen: Sending = { abort: () => undefined };

export class SqsReader implements Reader {
  readonly #context: DriverContext;
  readonly #queues: ReadonlyMap<string, AwsSite>;
  readonly #readsAll: boolean;
  readonly #inputOf: QueueInput;
  /** Cursor whose messages are deleted: one that is presented again needs no more calls. */
  #deleted: string | null = null;

  constructor(spec: SpecOf<"sqs", PollSpec>, functions: IngressFunctions, context: DriverContext) {
    const { queues, role, externalId, id } = spec.options;
    this.#context = context;
    this.#queues = awsSites(queues, { role, externalId }, spec, context);
    // What lies in one queue lies in no other: all have to be read.
    this.#readsAll = spec.partner.topology.mode === "active-active";
    this.#inputOf = queueInput(spec, functions, id);
  }

  read(reading: Reading, done: Done<ReadAnswer>): Sending {
    const { site, cursor } = reading;
    const chosen = this.#queues.get(site);
    if (chosen === undefined) {
      done({ ...noSite, reason: `the partner has no queue at the site '${site}'` });
      return nothingOpen;
    }
    const others = this.#readsAll ? [...this.#queues].filter(([name]) => name !== site) : [];
    const queues = [[site, chosen] as const, ...others].map(([name, queue]) => ({
      name,
      queue,
      receipts: cursor === this.#deleted ? [] : (receiptsIn(cursor)[name] ?? []),
    }));
    return new QueuesReading(reading, queues, this.#inputOf, this.#context.clock, (answer, deleted) => {
      if (deleted) this.#deleted = cursor;
      done(answer);
    });
  }

  probe(_connector: string, name: string, done: Done<boolean>): void {
    const queue = this.#queues.get(name);
    if (queue === undefined) done(false);
    else probeSite(queue.site, this.#context.clock, done);
  }

  /** A queue knows no time, and keeps nothing that was deleted. */
  rewound(): null {
    return null;
  }

  close(done: () => void): void {
    closeSites(new Map([...this.#queues].map(([name, { site }]) => [name, site])), done);
  }
}

const noSite = { verdict: "fault", against: "us", sent: false, waitMs: null, page: null } satisfies Omit<
  Judgement,
  "reason"
> & { readonly page: null };
