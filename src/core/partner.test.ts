import { expect, test } from "vitest";
import { PartnerHealth } from "./partner.ts";
import { regionPolicy } from "./policy.ts";
import { TestClock, testPartner } from "./testing.ts";

const { failures } = regionPolicy.partner.breaker;

/** A partner whose site answers every probe, and requests as they are told. */
const probed = () => {
  const clock = new TestClock();
  const ports = { clock, random: () => 0, observer: { observe: () => {} } };
  const health = new PartnerHealth(
    testPartner,
    regionPolicy.partner,
    ports,
    (_site, done) => done(true),
    () => {},
  );
  const fails = (): void => {
    health.began("main");
    const answer = { verdict: "retry", against: "site", sent: true, waitMs: null, reason: "500" } as const;
    health.ended("main", answer, clock.wallMs());
  };
  /** Time for one probe, where there is reason for one. */
  const probe = (): void => {
    health.watch([], []);
    clock.advance(regionPolicy.partner.probeEveryMs);
  };
  return { health, fails, probe };
};

test("a site that answers a probe between its failures opens its breaker all the same: requests tell, not probes", () => {
  const { health, fails, probe } = probed();
  for (let failure = 0; failure < failures; failure += 1) {
    fails();
    probe();
  }
  expect(health.breaker("main").kind).toBe("open");
  expect(health.knowledge("main").failingForMs).toBeGreaterThan(0);
});

test("where no request is there to tell, a site that answers probes is well again", () => {
  const { health, fails, probe } = probed();
  fails();
  for (let count = 0; count < 3; count += 1) probe();
  expect(health.knowledge("main").failingForMs).toBeNull();
});
