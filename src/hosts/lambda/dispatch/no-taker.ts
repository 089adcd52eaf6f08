import type { Answer, Taker } from "../../../core/ports.ts";

const nobody: Answer = { verdict: "fault", against: "us", sent: false, waitMs: null, reason: "nothing is sent here" };

/** Of a connector whose entries are fetched. */
export const noTaker: Taker = {
  send: (_delivery, done) => {
    done(nobody);
    return { abort: () => undefined };
  },
  probe: (_connector, _site, done) => done(false),
  lookup: (_delivery, done) => done("unknown"),
};
