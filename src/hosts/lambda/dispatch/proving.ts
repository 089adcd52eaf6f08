import type { Answer, Done } from "../../../core/ports.ts";
import type { HeldSecrets } from "../runtime/secrets.ts";
import type { Ends } from "./ends.ts";

/** What was read a moment ago is not read again; the breaker of the site makes tries rare. Milliseconds. */
const recentMs = 500;

/** Reads the secrets again when a partner does not take our proof: they may have been changed while an engine runs. */
export const proving = ({ taker, source }: Ends, secrets: Pick<HeldSecrets, "refresh">): Ends => {
  const noted =
    <T extends Answer>(done: Done<T>): Done<T> =>
    (answer) => {
      if (answer.against === "credentials") void secrets.refresh(recentMs);
      done(answer);
    };
  return {
    taker: {
      send: (delivery, done) => taker.send(delivery, noted(done)),
      probe: (...asked) => taker.probe(...asked),
      lookup: (...asked) => taker.lookup(...asked),
    },
    source: {
      read: (reading, done) => source.read(reading, noted(done)),
      probe: (...asked) => source.probe(...asked),
      rewound: (...asked) => source.rewound(...asked),
    },
  };
};
