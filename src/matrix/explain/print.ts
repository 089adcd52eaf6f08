/** An explanation as text. */
import { type RuleName, rules } from "../rules.ts";
import type { Explanation, OurVariant, TheirVariant } from "./model.ts";
import { capital } from "./text.ts";

export const textOf = (explanation: Explanation): string => {
  const { cell, perspective } = explanation;
  const head = [
    `${cell.id}, ${perspective === "ours" ? "what we do" : "what the partner sees and does"}`,
    `their topology ${cell.theirTopology}, ours ${cell.ourTopology}, located ${cell.location}; whatever comes twice has the identity of the first`,
  ];
  const told =
    explanation.perspective === "ours" ? explanation.variants.map(ourText) : explanation.variants.map(theirText);
  return [head.join("\n"), ...told].join("\n\n");
};

const ourText = (told: OurVariant): string =>
  [
    titleOf(told),
    ...told.what.map((line) => `  ${line}`),
    `  acts        ${told.acts}`,
    `  bound       ${told.bound.text}`,
    ...duplicatesText(told.duplicates),
    ...(told.afterwards === null ? [] : [`  afterwards  ${told.afterwards}`]),
    rulesText(told.rules),
  ].join("\n");

const duplicatesText = (duplicates: readonly string[]): readonly string[] =>
  duplicates.length === 0 ? ["  duplicates  none"] : duplicates.map((text) => `  duplicates  ${text}`);

const theirText = (told: TheirVariant): string =>
  [
    titleOf(told),
    ...told.sees.map((line) => `  sees  ${line}`),
    ...told.does.map((line) => `  does  ${line}`),
    rulesText(told.rules),
  ].join("\n");

const titleOf = ({ variant, happens }: OurVariant | TheirVariant): string => `${variant}: ${capital(happens)}`;

const rulesText = (names: readonly RuleName[]): string =>
  `  decided by  ${[...new Set(names.map((name) => `${rules[name].name} (${rules[name].file})`))].join(", ")}`;
