/** `docs/matrix.svg`: the 320 cells as a map, in light and dark. */
import { cellId, disruptions, locations, roles, topologies } from "../cells.ts";
import { type CellEvidence, type Level, levels } from "./evidence.ts";

const size = 22;
const gap = 3;
const left = 186;
const top = 74;
const step = size + gap;
const columns = topologies.flatMap((theirs) => topologies.map((ours) => ({ theirs, ours })));
const blockWidth = disruptions.length * step + 24;
const blockHeight = locations.length * step + 14;
const width = left + columns.length * blockWidth + 12;
const height = top + roles.length * blockHeight + 40;

/** The highest level that a cell has. */
export const highest = (evidence: CellEvidence): Level | "none" =>
  levels.findLast((level) => evidence[level] !== undefined) ?? "none";

export const matrixSvg = (evidence: ReadonlyMap<string, CellEvidence>): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${labelOf(evidence)}">`,
    style,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...columns.flatMap(headOf),
    ...roles.flatMap((role, block) => rowsOf(role, block, evidence)),
    ...legend(evidence),
    "</svg>",
    "",
  ].join("\n");

const style = `<style>
.page{fill:#fff}.t{fill:#1f2328;font-weight:600}.h{fill:#1f2328;font-size:10px;font-weight:600}.s{fill:#59636e;font-size:10.5px}.m{fill:#1f2328;font-size:11px;text-anchor:middle}
.none{fill:#eceff2;stroke:#d0d7de}.simulated{fill:#b6d4fe;stroke:#8ab6f0}.live{fill:#4c8fdf;stroke:#3a78c2}.cloud{fill:#14467f;stroke:#0f3560}
.live-m,.cloud-m{fill:#fff}
@media(prefers-color-scheme:dark){.page{fill:#0d1117}.t,.h,.m{fill:#e6edf3}.s{fill:#9198a1}.none{fill:#21262d;stroke:#3d444d}
.simulated{fill:#1f3a5f;stroke:#31588c}.live{fill:#2f74c8;stroke:#4c8fdf}.cloud{fill:#9cc8ff;stroke:#cfe4ff}.cloud-m{fill:#0d1117}}
</style>`;

const headOf = ({ theirs, ours }: (typeof columns)[number], block: number): readonly string[] => {
  const x = left + block * blockWidth;
  return [
    `<text class="h" x="${x}" y="20">theirs ${theirs}</text>`,
    `<text class="h" x="${x}" y="36">ours ${ours}</text>`,
    ...disruptions.map(
      (disruption, at) =>
        `<text class="s" transform="translate(${x + at * step + 8} ${top - 6}) rotate(-35)">${disruption}</text>`,
    ),
  ];
};

const marks: Readonly<Record<Level | "none", string>> = { none: "", simulated: "S", live: "L", cloud: "C" };

const rowsOf = (
  role: (typeof roles)[number],
  block: number,
  evidence: ReadonlyMap<string, CellEvidence>,
): readonly string[] => {
  const y = top + block * blockHeight;
  return [
    `<text class="t" x="12" y="${y + 15}">${role}</text>`,
    ...locations.flatMap((location, row) => [
      `<text class="s" x="84" y="${y + row * step + 15}">${location}</text>`,
      ...columns.flatMap(({ theirs, ours }, column) =>
        disruptions.map((disruption, at) => {
          const id = cellId({ role, location, theirTopology: theirs, ourTopology: ours, disruption });
          const level = highest(evidence.get(id) ?? {});
          return square(left + column * blockWidth + at * step, y + row * step, level, id);
        }),
      ),
    ]),
  ];
};

const square = (x: number, y: number, level: Level | "none", title: string): string =>
  `<g><title>${title}: ${level}</title><rect class="${level}" x="${x}" y="${y}" width="${size}" height="${size}" rx="3"/>${
    marks[level] === "" ? "" : `<text class="m ${level}-m" x="${x + size / 2}" y="${y + 15}">${marks[level]}</text>`
  }</g>`;

const legend = (evidence: ReadonlyMap<string, CellEvidence>): readonly string[] => {
  const y = height - 32;
  return (["none", ...levels] as const).flatMap((level, at) => {
    const x = left + at * 150;
    return [
      square(x, y, level, "legend"),
      `<text class="s" x="${x + step + 4}" y="${y + 15}">${level === "none" ? "not yet" : level}: ${countOf(evidence, level)}</text>`,
    ];
  });
};

const countOf = (evidence: ReadonlyMap<string, CellEvidence>, level: Level | "none"): number =>
  [...evidence.values()].filter((one) => highest(one) === level).length;

const labelOf = (evidence: ReadonlyMap<string, CellEvidence>): string =>
  `The matrix of ${evidence.size} cells by the evidence that each has: ${(["none", ...levels] as const)
    .map((level) => `${countOf(evidence, level)} ${level === "none" ? "not yet" : level}`)
    .join(", ")}`;
