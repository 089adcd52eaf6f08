/** Whether a site answers at all. */
import type { Clock, Done } from "../../../core/ports.ts";
import { exchange, longestAnswer } from "./exchange.ts";
import type { Site } from "./site.ts";

/** How long a probe may last, in milliseconds. */
const probeTimeoutMs = 2_000;
/** A probe has no effect at the site, so that it needs no lease. */
const mayWrite = (): boolean => true;

/** Any answer will do, but that the site fails. */
export const probeSite = (site: Site, clock: Clock, done: Done<boolean>): void => {
  const request = { method: "HEAD", path: site.basePath || "/", headers: ["user-agent", "isthmus"], body: null };
  const options = { clock, timeoutMs: probeTimeoutMs, mayWrite, readsBody: false, longestBytes: longestAnswer };
  exchange(site.pool, request, options, (outcome) => done(outcome.kind === "answer" && outcome.response.status < 500));
};
