// The table of README.md is true: every row names a test that exists.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");

const rows = read("README.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (input|trouble|---) /.test(line))
  .map((line) => {
    const [, file = "", name = ""] = /\[[^\]]+\]\(([^)]+)\): (.+) \|$/.exec(line) ?? [];
    return { what: line.split(" | ").slice(0, -1).join(" | "), file, name };
  });

/** Titles as they stand in the file: of a table's test with its placeholders, whether or not it has parameters. */
const titlesIn = (file: string): readonly string[] =>
  [...read(file).matchAll(/(?:\b(?:test|it)|\))\(\s*"([^"]+)"/g)].map(([, title = ""]) => title);

describe("a row of the table", () => {
  test("stands for every kind of trouble", () => {
    expect(rows.length).toBeGreaterThan(50);
  });

  test.each(rows)("$what: names a test that exists", ({ file, name }) => {
    expect(titlesIn(file)).toContain(name);
  });
});
