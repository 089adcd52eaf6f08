import type { Ledgers, Write } from "./ledgers.ts";
import type { FeedShape } from "./schedule-model.ts";

/** Whether every reader of a feed had an event by then. */
export const wasServed = (ledgers: Ledgers, { readers }: FeedShape, identity: string, by: number): boolean =>
  readers.every(({ name }) =>
    ledgers.servings.some((serving) => serving.reader === name && serving.identity === identity && serving.at <= by),
  );

/** What one reader got, as writes to it are judged. No lease stands behind them. */
export const servingsAsWrites = (ledgers: Ledgers, connector: string, reader: string): readonly Write[] =>
  ledgers.servings
    .filter((serving) => serving.connector === connector && serving.reader === reader)
    .map(({ at, region, identity }) => ({
      at,
      machine: region,
      process: 0,
      duty: region,
      epoch: 0,
      connector,
      site: reader,
      identity,
      takenAt: at,
      answer: null,
    }));
