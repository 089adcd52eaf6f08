import type { Fault, Schedule } from "./schedule-model.ts";
import type { Run } from "./simulation.ts";

/** One broken invariant, as `npm run simulate` reports it. */
export interface Violation {
  readonly seed: number;
  readonly invariant: string;
  /** What happened, for people: the world, the faults, and all that is known of the event. */
  readonly story: string;
}

export const violationOf = (seed: number, run: Run): Violation | null => {
  const first = run.findings[0];
  if (first === undefined) return null;
  const lines = [
    `${first.invariant}: ${first.what}`,
    ...shapeOf(run.schedule),
    ...run.schedule.faults.map(faultLine),
    ...(first.identity === undefined ? [] : eventLines(run, first.identity)),
    ...(first.other === undefined ? [] : eventLines(run, first.other)),
    ...(first.identity === undefined ? run.log : run.log.filter((line) => line.split(" ")[2] !== "settled")).slice(-60),
  ];
  return { seed, invariant: first.invariant, story: lines.join("\n") };
};

const shapeOf = ({ shape, gifts, healedAt }: Schedule): string[] => [
  `${shape.regions.length} regions, ${shape.mode}; partner ${shape.partner.mode}; healed at ${healedAt} ms; ${gifts.length} gifts`,
  ...shape.connectors.map(
    ({ name, role, durability, whenAlone, ordering, onUnknown, onFault, subscribes, poll, reconcile, feed }) =>
      [
        `connector ${name}: ${role}${subscribes ? " from the hub" : ""}, ${durability}, alone ${whenAlone}`,
        `ordering ${ordering}, unknown ${onUnknown}, fault ${onFault}`,
        ...(poll === null ? [] : [`reads by ${reconcile ?? "turns"}: ${JSON.stringify(poll)}`]),
        ...(feed === null ? [] : [`is read: ${JSON.stringify(feed)}`]),
      ].join(", "),
  ),
];

const faultLine = ({ at, until, kind, ...rest }: Fault): string =>
  `${at} to ${until} ms: ${kind} ${Object.values(rest).join(" ")}`;

const eventLines = ({ ledgers, log }: Run, identity: string): string[] => {
  const given = ledgers.given.get(identity);
  const gift = given === undefined ? "nobody gave" : `key ${given.gift.key}, ${given.gift.fate}`;
  return [
    `event ${identity}: ${gift}`,
    ...(given?.tries ?? []).map(
      ({ at, region, answer }) =>
        `  given to ${region} at ${Math.round(at)} ms: ${answer === null ? "no answer" : answer.acknowledged ? `acknowledged at ${Math.round(answer.at)}` : "refused or silent"}`,
    ),
    ...ledgers.writes
      .filter((write) => write.identity === identity)
      .map(
        ({ at, machine, duty, epoch, site, takenAt, answer }) =>
          `  written at ${Math.round(at)} ms by ${machine} for ${duty} under ${epoch} to ${site ?? "hub"}: ${takenAt === null ? "not taken" : `taken at ${Math.round(takenAt)}`}, ${answer?.verdict ?? "no answer seen"}`,
      ),
    ...ledgers.servings
      .filter((serving) => serving.identity === identity)
      .map(
        ({ at, reader, region, again }) =>
          `  served at ${Math.round(at)} ms by ${region} to ${reader}${again ? ", which had it" : ""}`,
      ),
    ...log.filter((line) => line.includes(` ${identity} `)).map((line) => `  ${line}`),
  ];
};
