import { type Cell, cells } from "../cells.ts";
import { evidenceOf, type Records } from "./evidence.ts";
import { ourStories } from "./stories.ts";

/** `docs/matrix.json`: every cell, what happens in it, and what that stands on. */
export const matrixJson = (records: Records): string =>
  `${JSON.stringify(
    {
      command: "npm run matrix",
      cells: cells.map((cell) => ({ ...cell, behaviour: behaviourOf(cell), evidence: evidenceOf(cell, records) })),
    },
    null,
    1,
  )}\n`;

/** One sentence for all variants that are told alike. */
const behaviourOf = (cell: Cell): string =>
  [...Map.groupBy(ourStories(cell), ({ gist, bound }) => `${gist} (${bound.text})`)]
    .map(([text, stories]) => `${stories.map(({ variant }) => variant).join(", ")}: ${text}`)
    .join(". ");
