/** Where reading goes on: asked of the function that decides it. */
import { type CursorDecision, type CursorPlace, decideCursor, lostSince } from "../../core/cursors.ts";
import type { HttpPollSpec } from "../../define/spec.ts";
import type { Scene } from "../scene.ts";
import { chainOf, redeliveryMs } from "./site.ts";

/** Of a poll, or of a receiver's reconcile poll. */
export interface Reads {
  readonly options: Pick<HttpPollSpec, "acrossSites">;
  readonly lookbackMs: number;
}

/** Where whoever reads next goes on, at the same site. @param told the one before ended as planned */
export const cursorAfter = (scene: Scene, { options, lookbackMs }: Reads, told: boolean): CursorDecision => {
  const place = placeIn(scene);
  return decideCursor({
    ...common(options),
    kept: place,
    to: { home: place.site, site: place.site, seq: place.seq },
    lostSince: Number.POSITIVE_INFINITY,
    lookbackMs: told ? 0 : lookbackMs,
  });
};

/** Where reading goes on at another site. */
export const cursorAtOther = (
  scene: Scene,
  { options }: Reads,
  site: string,
  acrossSites: HttpPollSpec["acrossSites"] = options.acrossSites,
): CursorDecision => {
  const place = placeIn(scene);
  const to = { home: place.site, site, seq: place.seq + 1 };
  const loss = redeliveryMs(scene);
  const change = {
    kind: "switch",
    home: place.site,
    from: place.site,
    to: site,
    notSettledSince: -loss,
    seq: to.seq,
    reason: "",
    journal: "left.1",
  } as const;
  return decideCursor({
    ...common(options),
    acrossSites,
    kept: place,
    to,
    lostSince: lostSince(place, to, [change], loss),
    lookbackMs: 0,
  });
};

/** A cursor whose trail goes far enough back for any rewind. */
const placeIn = (scene: Scene): CursorPlace => ({
  site: chainOf(scene).site,
  seq: 0,
  at: 0,
  cursor: "now",
  trail: [],
});

const common = ({ acrossSites }: Reads["options"]) => ({
  acrossSites,
  mayRestart: true,
  rewound: (cursor: string, byMs: number) => `${cursor}-${byMs}`,
});
