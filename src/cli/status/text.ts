import { age, clockTime, number, table } from "../output.ts";
import type { ConnectorLine, LedgerLine, PollLine, ReaderLine, Report } from "./report.ts";

/** The report for people. */
export const textOf = (report: Report, environment: string, mode: string, wallMs: number): string => {
  const regions = report.regions.map(
    ({ name, state, epoch }) => `${name} ${state}${epoch === null ? "" : `, lease ${epoch}`}`,
  );
  const silent = Object.keys(report.silent).map((name) => `${name} SILENT`);
  const witness = report.witness === null ? [] : [`witness ${report.witness}`];
  const definitions = report.definitionsEqual ? "definitions equal" : "definitions DIFFER between regions";
  return [
    clockTime(wallMs),
    [`${environment} ${mode}`, ...regions, ...silent, ...witness, definitions].join("   "),
    ...report.verdicts,
    table(
      [
        { name: "connector" },
        { name: "role" },
        { name: "rate", align: "right" },
        { name: "held", align: "right" },
        { name: "oldest", align: "right" },
        { name: "faults", align: "right" },
        { name: "unknown", align: "right" },
        { name: "site" },
        { name: "full in" },
      ],
      report.connectors.map(rowOf),
    ),
    ...report.connectors.flatMap(detailsOf),
    ledgerText(report.ledger),
  ].join("\n");
};

/** What is particular to a role: how a partner is read, what is missing, how far readers are. */
const detailsOf = ({ name, poll, missingNumbers, gaps, readers }: ConnectorLine): readonly string[] => {
  const more = missingNumbers > 0 && gaps.length > mostGaps ? ", ..." : "";
  return [
    ...(poll === null ? [] : [`${name} ${pollText(poll)}`]),
    ...(missingNumbers === 0
      ? []
      : [`${name} misses ${number(missingNumbers)} of its numbers: ${gaps.slice(0, mostGaps).join("; ")}${more}`]),
    ...(readers.length === 0 ? [] : [`${name} ${readers.map(readerText).join("; ")}`]),
  ];
};

/** Gaps that are spelt out. */
const mostGaps = 3;

const pollText = ({ region, state, site, why, cursorAgeMs }: PollLine): string => {
  const where = region === null ? "is read by no region now" : `is read by ${region} at ${site}: ${state}`;
  const cursor = cursorAgeMs === null ? "no cursor yet" : `cursor ${age(cursorAgeMs)} old`;
  return [why === "" ? where : `${where} (${why})`, cursor].join(", ");
};

const readerText = ({ name, unread, behindMs }: ReaderLine): string =>
  unread === 0 ? `${name} has read all` : `${name} has ${number(unread)} to read, the oldest for ${age(behindMs)}`;

const rowOf = (line: ConnectorLine): readonly string[] => [
  line.state === "at work" ? line.name : `${line.name} (${line.state})`,
  line.role,
  `${line.ratePerS.toFixed(line.ratePerS < 10 ? 1 : 0)}/s`,
  number(line.held),
  age(line.oldestMs),
  number(line.faults),
  number(line.unknown),
  line.sites.join(", ") || "-",
  line.fullInMs === null ? "-" : age(line.fullInMs),
];

/** Parts that are zero are left out, but for those that everybody looks for. */
const always: ReadonlySet<string> = new Set(["delivered", "faulted", "unknown", "pending"]);

const ledgerText = ({ accepted, parts, missing }: LedgerLine): string => {
  const shown = Object.entries(parts).filter(([name, count]) => count > 0 || always.has(name));
  const sum = shown.map(([name, count]) => `${name} ${number(count)}`).join(" + ");
  return `ledger  accepted ${number(accepted)} = ${sum}     missing ${number(missing)}`;
};
