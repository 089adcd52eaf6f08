/** One region's dispatcher over stand-ins, moved by hand. */
import type { CommonSpec, ConnectorSpec } from "../define/spec.ts";
import { Dispatcher } from "./dispatch.ts";
import type { DispatchPorts } from "./dispatch-ports.ts";
import { PartnerHealth } from "./partner.ts";
import { regionPolicy } from "./policy.ts";
import type { Observation, Translator } from "./ports.ts";
import type { JournalRecord } from "./records.ts";
import { isUndone } from "./settlement.ts";
import { chosenSite, homeOf } from "./sites.ts";
import { entryOf, plainTranslator, sendSpec, TestClock, TestTaker } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";

const rules = { window: 1_024, laneWindow: 4, underWay: 256, storeRetryMs: 500 };

/** East acts for its own journals of one connector. */
export const acting = (
  over: Partial<CommonSpec> = {},
  given: { suspect?: boolean; backlog?: readonly JournalRecord[]; spec?: ConnectorSpec; translator?: Translator } = {},
) => {
  const spec = given.spec ?? sendSpec(over);
  const clock = new TestClock();
  const journal = new TestJournal("east");
  const taker = new TestTaker();
  const told: Observation[] = [];
  const observer = { observe: (event: Observation) => void told.push(event) };
  const ports = { clock, random: () => 0.5, journal, translator: given.translator ?? plainTranslator, taker, observer };
  const health = new PartnerHealth(
    spec.partner,
    regionPolicy.partner,
    ports,
    () => {},
    () => dispatcher.poke(),
  );
  const passed: string[] = [];
  const whole: DispatchPorts = {
    ...ports,
    health,
    write: (connector, records, done) =>
      journal.write(connector, records, (result) => {
        if (result.kind === "written") dispatcher.learned(result.journal, records);
        done(result);
      }),
    chooseSite: ({ name, partner }, key) => chosenSite(homeOf(partner, key), journal.switches(name)),
    passed: (_connector, series, from, to) => void passed.push(`${series} ${from} ${to}`),
    releasable: () => true,
  };
  const lease = { held: true };
  const dispatcher: Dispatcher = new Dispatcher(spec, false, whole, rules, {
    duty: "east",
    epoch: 1,
    adopted: false,
    holds: () => lease.held,
    isSuspect: ({ round }) => given.suspect === true && round === 0,
    isUndone: (connector, settlement) => isUndone(settlement, journal.switches(connector)),
  });
  journal.put(spec.name, "east.1", ...(given.backlog ?? []));
  const accept = (...entries: readonly ReturnType<typeof entryOf>[]): void => {
    for (const entry of entries) {
      journal.accept(spec.name, entry, (result) => {
        if (result.kind === "accepted") dispatcher.accepted({ ...entry, ...result, kind: "entry", round: 0 });
      });
    }
  };
  // Slow start is over: more than one request may be open.
  for (let at = 0; at < 8; at += 1) {
    health.began("any");
    health.ended("any", { verdict: "delivered", against: "nobody", sent: true, waitMs: null, reason: "" }, 0);
  }
  dispatcher.start();
  return { clock, journal, taker, dispatcher, lease, accept, told, passed, name: spec.name };
};

export const ofKey = (key: string, count: number) =>
  Array.from({ length: count }, (_, at) => entryOf(`${key}${at + 1}`, { key }));

/** Answers whatever is open, until nothing is. */
export const answerAll = ({ taker }: { taker: TestTaker }): void => {
  for (let [identity] = taker.open.keys(); identity !== undefined; [identity] = taker.open.keys())
    taker.answer(identity);
};
