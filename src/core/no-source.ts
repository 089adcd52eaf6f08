import type { Source } from "./ports.ts";

/** Of a connector that reads nothing. */
export const noSource: Source = {
  read: (_reading, done) => {
    done({ verdict: "fault", against: "us", sent: false, waitMs: null, reason: "nothing is read here", page: null });
    return { abort: () => undefined };
  },
  probe: (_connector, _site, done) => done(false),
  rewound: () => null,
};
