/** Requests stall and probes pass: asked of what judges a partner's sites, with time that passes by hand. */
import { PartnerHealth } from "../../core/partner.ts";
import { renewEveryMs } from "../../core/timings.ts";
import type { Scene } from "../scene.ts";
import { judged } from "./answers.ts";
import { ManualClock } from "./clock.ts";
import { chainOf } from "./site.ts";

/** So many time-outs after each other show what goes on. */
const rounds = 40;

/** For how long the site counts as failing at a stretch, at most. Milliseconds. */
export const longestFailingMs = (scene: Scene): number => {
  const { spec, policy } = scene;
  const { site } = chainOf(scene);
  const clock = new ManualClock();
  const stalled = judged(scene, { kind: "error", error: "timeout-after-write" });
  const health: PartnerHealth = new PartnerHealth(
    spec.partner,
    policy.region.partner,
    { clock, random: () => 1, observer: { observe: () => {} } },
    (_, done) => done(true),
    () => clock.after(0, look),
  );
  let longest = 0;
  const look = (): void => {
    longest = Math.max(longest, health.knowledge(site).failingForMs ?? 0);
    health.watch([], []);
    while (health.passage(site).kind !== "rest" && health.admit() === 0) send();
  };
  const send = (): void => {
    const startedAt = clock.wallMs();
    health.began(site);
    clock.after(spec.requestTimeoutMs, () => health.ended(site, stalled, startedAt));
  };
  const keepHouse = (): void => {
    look();
    clock.after(renewEveryMs(policy.lease) / 2, keepHouse);
  };
  keepHouse();
  while (clock.step(rounds * spec.requestTimeoutMs));
  health.stop();
  return longest;
};
