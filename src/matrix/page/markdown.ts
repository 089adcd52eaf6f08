/** `docs/matrix.md`. */
import { type Cell, cells, disruptions, locations, roles, topologies, variantTexts } from "../cells.ts";
import { type RuleName, rules } from "../rules.ts";
import { type CellEvidence, type Evidence, type Level, levels, worstNumbers } from "./evidence.ts";
import { inputsSection } from "./inputs.ts";
import { highest } from "./picture.ts";
import { type StoryRow, storyRows } from "./stories.ts";

type OfCells = ReadonlyMap<string, CellEvidence>;

export const matrixMarkdown = (evidence: OfCells): string =>
  [
    introduction(evidence),
    ...roles.map(roleSection),
    inputsSection,
    evidenceSection(evidence),
    variantSection(),
    ruleSection(),
  ].join("\n\n");

const introduction = (evidence: OfCells): string => `# What happens when ...

<!-- Written by \`npm run matrix\` from src/matrix and docs/evidence: change those, not this page. -->

Who calls whom (the role), where the partner is, how its sites and our regions share work, and what breaks: ${roles.length} x ${locations.length} x
${topologies.length} x ${topologies.length} x ${disruptions.length} = ${cells.length} cells. For one of them, in words, with the numbers of the defaults and the code that decides:

    isthmus explain send azure primary-secondary active-active ours
    isthmus explain send azure primary-secondary active-active ours --perspective theirs
    isthmus explain <connector> --now        # what a running one does at this moment, and why

![The matrix by role, location, topologies and disruption, with the evidence that each cell has](matrix.svg)

| mark | level | what it means |
|---|---|---|
| | not yet | what happens is decided and told; nothing was recorded of it |
| S | simulated | the real core under a virtual clock, in random schedules of the variant's fault: ${told(evidence, "simulated")} |
| L | live | real processes, deployed, really killed or cut off, judged from what giver and taker saw: ${told(evidence, "live")} |
| C | cloud | the same against a deployed cloud stack or its emulation: ${told(evidence, "cloud")} |

A cell has a level only where every one of its [variants](#variants) was run at it, on every driver that is built, without a
violation of [what is promised](promises.md). Numbers are of the worst. \`npm run matrix -- --check\` computes every one of them
again. All of it as data: [matrix.json](matrix.json).

Whatever comes twice has the identity of the first. The numbers in the last column are [rules](#rules). The tables tell it with two regions, \`east\` (in primary-secondary the primary) and \`west\`, a partner of two sites, \`north\`
(its primary) and \`south\`, and the defaults of the local platform; a connector that states nothing. \`failoverAfter\` 1 h is the default; \`recoveryPoint\`, \`failback\` and
\`every\` have none and stand for what a partner states.`;

const told = (evidence: OfCells, level: Level): string => {
  const all = [...evidence.values()].flatMap((one) => one[level] ?? []);
  if (all.length === 0) return "no cell";
  const runs = all.reduce((sum, one) => sum + one.runs, 0);
  return `${all.length} of ${evidence.size} cells, ${runs.toLocaleString("en-US")} ${level === "simulated" ? "schedules" : "runs"}`;
};

const titles: Readonly<Record<Cell["role"], string>> = {
  receive: "receive: they call us",
  poll: "poll: we read theirs",
  send: "send: we call them",
  feed: "feed: they read ours",
};

const roleSection = (role: Cell["role"]): string =>
  [
    `## ${titles[role]}`,
    "",
    "| disruption | variants | where | what happens | within | duplicates on the wire | rules |",
    "|---|---|---|---|---|---|---|",
    ...storyRows(role).map(storyLine),
  ].join("\n");

const storyLine = (row: StoryRow): string =>
  line([
    row.disruption,
    row.isEveryVariant ? "every one" : row.variants.map((name) => `[${name}](#${name})`).join(", "),
    row.topologies.join(", "),
    row.gist,
    row.bound,
    row.duplicates,
    row.rules.map(ruleLink).join(" "),
  ]);

const ruleNames = Object.keys(rules);
const ruleLink = (name: RuleName): string => `[${ruleNumber(name)}](#r${ruleNumber(name)})`;
const ruleNumber = (name: string): number => ruleNames.indexOf(name) + 1;
const line = (fields: readonly string[]): string =>
  `| ${fields.map((field) => field.replaceAll("|", "\\|")).join(" | ")} |`;

const evidenceSection = (evidence: OfCells): string =>
  ["## Evidence", "", ...roles.flatMap((role) => [...marksTable(role, evidence), ""]), ...numbersTable(evidence)].join(
    "\n",
  );

const marks: Readonly<Record<Level, string>> = { simulated: "S", live: "L", cloud: "C" };

const marksTable = (role: Cell["role"], evidence: OfCells): readonly string[] => [
  line([role, "theirs", "ours", ...disruptions]),
  `|---|---|---|${disruptions.map(() => "---|").join("")}`,
  ...locations.flatMap((location) =>
    topologies.flatMap((theirTopology) =>
      topologies.map((ourTopology) =>
        line([
          location,
          theirTopology,
          ourTopology,
          ...disruptions.map((disruption) => {
            const found = evidence.get([role, location, theirTopology, ourTopology, disruption].join(".")) ?? {};
            return highest(found) === "none"
              ? "-"
              : levels
                  .filter((level) => found[level])
                  .map((level) => marks[level])
                  .join(" ");
          }),
        ]),
      ),
    ),
  ),
];

/** The worst of all cells of a role and disruption. */
const numbersTable = (evidence: OfCells): readonly string[] => {
  const rows = levels.flatMap((level) =>
    roles.flatMap((role) =>
      disruptions.flatMap((disruption) => {
        const found = cells
          .filter((cell) => cell.role === role && cell.disruption === disruption)
          .flatMap((cell) => evidence.get(cell.id)?.[level] ?? []);
        return found.length === 0 ? [] : [numbersLine(level, role, disruption, found)];
      }),
    ),
  );
  if (rows.length === 0) return ["Nothing was recorded yet."];
  return [
    line([
      "level",
      "role",
      "disruption",
      "cells",
      "runs",
      "duplicates, most of one run",
      "takeover",
      "site switch",
      "drain",
      "by",
      "commit",
    ]),
    "|---|---|---|--:|--:|--:|--:|--:|--:|---|---|",
    ...rows,
  ];
};

const numbersLine = (level: Level, role: string, disruption: string, found: readonly Evidence[]): string => {
  const worst = worstNumbers(found.map(({ numbers }) => numbers));
  const time = (name: string): string => {
    const ms = worst[name] ?? null;
    return ms === null ? "-" : `${(ms / 1_000).toFixed(1)} s`;
  };
  return line([
    level,
    role,
    disruption,
    String(found.length),
    found.reduce((sum, { runs }) => sum + runs, 0).toLocaleString("en-US"),
    String(worst.duplicates ?? 0),
    time("takeoverMs"),
    time("switchMs"),
    time("drainMs"),
    [...new Set(found.flatMap(({ commands }) => commands))].map((command) => `\`${command}\``).join(", "),
    [...new Set(found.flatMap(({ commits }) => commits.map((commit) => commit.slice(0, 7))))].join(", "),
  ]);
};

const variantSection = (): string =>
  [
    "## Variants",
    "",
    "| variant | what is made to happen |",
    "|---|---|",
    ...Object.entries(variantTexts).map(([name, text]) => line([`<a id="${name}"></a>${name}`, text])),
  ].join("\n");

const ruleSection = (): string =>
  [
    "## Rules",
    "",
    "The explanation asks the same functions that decide at run time.",
    "",
    "| rule | what it says | code |",
    "|---|---|---|",
    ...Object.entries(rules).map(([name, { text, file, name: code }]) =>
      line([`<a id="r${ruleNumber(name)}"></a>${ruleNumber(name)}`, text, `[\`${code}\`](../${file})`]),
    ),
    "",
  ].join("\n");
