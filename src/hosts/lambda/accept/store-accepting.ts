import type { Table } from "../../../aws/dynamo/table.ts";
import { type AcceptAnswer, type AcceptInput, refusalOf } from "../../../core/acceptor.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import type { Vector } from "../../../core/records.ts";
import type { ConnectorFunctions, ConnectorSpec } from "../../../define/spec.ts";
import { type Accepted, DynamoAccept } from "../../../journal/dynamo/accept.ts";
import { entryIn, entryKey, isAccepted } from "../../../journal/dynamo/items.ts";
import { statusIn, statusKey } from "../../../journal/dynamo/status.ts";
import { contentOf } from "../../shared/translation/translation.ts";
import type { Drain } from "../runtime/drain.ts";
import type { Hall } from "../runtime/hall.ts";
import { replicasOf } from "../runtime/store-place.ts";
import type { Accepting } from "./accepting.ts";

const failedRetryMs = 5_000;
const aloneRetryMs = 2_000;

export const acceptingOf = (hall: Hall): Accepting => {
  const { config, clock, connector, drain, connectorTable } = hall;
  const { region, regions } = config;
  const table = connectorTable(region);
  const accept = new DynamoAccept({ region, regions, clock, table, replicas: replicasOf(hall) });
  return new StoreAccepting({ ...connector, region, regions, clock, table, accept, drain });
};

interface StoreAcceptingPorts {
  readonly spec: ConnectorSpec;
  readonly functions: ConnectorFunctions;
  readonly region: string;
  readonly regions: readonly string[];
  readonly clock: Clock;
  readonly table: Table;
  readonly accept: DynamoAccept;
  /** How much is held. */
  readonly drain: Pick<Drain, "pendingBytes">;
}

/** Accepts by one conditional put (protocol rules 9 and 10); how much is held, an engine told last. */
export class StoreAccepting implements Accepting {
  readonly #ports: StoreAcceptingPorts;

  constructor(ports: StoreAcceptingPorts) {
    this.#ports = ports;
  }

  accept(input: AcceptInput, done: Done<AcceptAnswer>): void {
    const { spec, drain, accept, clock } = this.#ports;
    // That another region has it is seen to where it is put.
    const facts = { mayAccept: true, hasPeers: false, anyPeerReachable: true, pendingBytes: drain.pendingBytes };
    const refusal = refusalOf(spec, facts);
    if (refusal !== null) return this.#acceptKnown(input, refusal, done);
    this.#after((after) => {
      const entry = { kind: "entry", ...input, acceptedAt: clock.wallMs(), after } as const;
      accept.accept(entry, (accepted) => this.#accepted(input, accepted, done));
    });
  }

  probe(done: Done<boolean>): void {
    this.#ports.accept.probe(done);
  }

  /** At capacity a repeat is still answered as its first was. */
  #acceptKnown(input: AcceptInput, refusal: AcceptAnswer, done: Done<AcceptAnswer>): void {
    const { table, regions } = this.#ports;
    table.get(
      regions.map((region) => entryKey(region, input.identity)),
      true,
      (got) => {
        const first = got.kind === "got" ? got.items.find((item) => item !== null && isAccepted(item)) : undefined;
        const entry = first == null ? null : entryIn(first);
        if (entry === null) done(refusal);
        else this.#known(input, entry.payload, done);
      },
    );
  }

  #accepted(input: AcceptInput, accepted: Accepted, done: Done<AcceptAnswer>): void {
    switch (accepted.kind) {
      case "accepted":
        return done(accepted);
      case "known":
        return this.#known(input, accepted.payload, done);
      case "refused":
        return done(
          accepted.isAlone
            ? { kind: "refused", reason: "alone", retryAfterMs: aloneRetryMs }
            : { kind: "refused", reason: accepted.reason, retryAfterMs: failedRetryMs },
        );
    }
  }

  #known({ identity, payload }: AcceptInput, first: string, done: Done<AcceptAnswer>): void {
    const { functions, accept } = this.#ports;
    if (payload === first || contentOf(functions, payload) === contentOf(functions, first)) {
      return done({ kind: "repeated", conflict: false });
    }
    accept.conflict(identity, payload, (kept) =>
      done(
        kept
          ? { kind: "repeated", conflict: true }
          : { kind: "refused", reason: "failed", retryAfterMs: failedRetryMs },
      ),
    );
  }

  /** What the region holds of other regions' journals, as its engine told last; order is asked of few connectors. */
  #after(done: Done<Vector>): void {
    const { spec, table, region } = this.#ports;
    if (spec.ordering === "none") return done({});
    table.get([statusKey(region)], false, (got) => {
      const { vector } = statusIn(got.kind === "got" ? (got.items[0] ?? null) : null);
      const others = Object.entries(vector).filter(([journal]) => !journal.startsWith(`${region}.`));
      done(Object.fromEntries(others));
    });
  }
}
