import { isRescued } from "./allow-duplicates.ts";
import type { Row } from "./allowances.ts";
import {
  connectorOf,
  firstAcknowledgedAt,
  hasSiteTrouble,
  isReplicated,
  lastTryAt,
  wasCalm,
  wasLong,
} from "./circumstances.ts";
import type { Given, Write } from "./ledgers.ts";

export interface OrderFinding {
  readonly earlier: Given;
  readonly later: Given;
  readonly earlierWrites: readonly Write[];
  readonly laterWrites: readonly Write[];
  readonly decidedAt: readonly number[];
}

export const orderRows: readonly Row<OrderFinding>[] = [
  {
    name: "still on its way",
    promise: "superseded, unless in flight: a request that was given up may arrive all the same",
    explains: ({ earlierWrites }) => earlierWrites.some(wasLong),
  },
  {
    name: "order between regions",
    promise: "key order: acceptance order in one region; over two regions with `replicated` and a giver who waits",
    explains: ({ earlier, later }, schedule) => {
      const regions = new Set([...earlier.tries, ...later.tries].map(({ region }) => region));
      if (regions.size === 1) return false;
      const connector = connectorOf(earlier, schedule);
      // A publisher is answered by its hub, before any region has the event.
      const waits = schedule.shape.giverWaits && connector?.subscribes === false;
      const promised = waits && connector.durability === "replicated" && connector.whenAlone === "refuse";
      // Given to two regions, an event stands in two journals, and what supersedes it in one is not yet known to the other.
      const twice = connector?.ordering === "latest" && new Set(earlier.tries.map(({ region }) => region)).size > 1;
      return !promised || twice || schedule.shape.regions.length > 2;
    },
  },
  {
    name: "numbered after the acceptance",
    promise:
      "over tables an entry has its number after it was acknowledged: another region cannot say what came before",
    explains: ({ earlier, later }, { shape }) =>
      shape.store === "dynamo" && new Set([...earlier.tries, ...later.tries].map(({ region }) => region)).size > 1,
  },
  {
    name: "rescued",
    promise:
      "what a lost region did not number its adopter takes over: beside what that region numbered it has no order",
    explains: ({ later, laterWrites }, schedule) => laterWrites.some(({ at }) => isRescued(later, at, schedule)),
  },
  {
    name: "newest not replicated",
    promise: "`regional`: an adopter goes by what it has read, so it may miss what superseded an event",
    explains: ({ earlier, earlierWrites, laterWrites }, schedule) =>
      connectorOf(earlier, schedule)?.ordering === "latest" &&
      !isReplicated(earlier, schedule) &&
      earlierWrites.every(({ machine, process }) =>
        laterWrites.every((write) => write.machine !== machine || write.process !== process),
      ),
  },
  {
    name: "disk lost",
    promise: "a region that lost its disk while no peer could tell accepts without knowing what came before",
    explains: ({ earlier, later }, schedule) => {
      const from = firstAcknowledgedAt(earlier) ?? 0;
      const lost = schedule.faults.filter(({ kind, at }) => kind === "disk-lost" && at < lastTryAt(later));
      return lost.some((fault) => fault.until >= from || !wasCalm(schedule, fault.until, from));
    },
  },
  {
    name: "a person",
    promise: "what a person sends again comes when they decide",
    explains: ({ decidedAt }) => decidedAt.length > 0,
  },
  {
    name: "sites of an active-active partner",
    promise: "no order is promised between the sites of an active-active partner",
    explains: (_finding, schedule) => schedule.shape.partner.mode === "active-active" && hasSiteTrouble(schedule),
  },
];
