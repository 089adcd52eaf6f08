import type { Now } from "./now.ts";

/** For people. @param head name, role and partner */
export const textOf = (head: string, { acting, sites, held, reading, next, silent }: Now): string =>
  [
    head,
    ...Object.entries(silent).map(([region, why]) => `  silent   ${region}: ${why}`),
    ...section("acting", acting),
    ...section("site", sites),
    ...section("reading", reading),
    ...section("held", held),
    ...section("next", next.length === 0 ? ["nothing changes by itself"] : next),
  ].join("\n");

const section = (name: string, lines: readonly string[]): readonly string[] =>
  lines.map((line) => `  ${name.padEnd(8)} ${line}`);
