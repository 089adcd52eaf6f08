import { expect, it } from "vitest";
import { linksOf } from "./link-header.ts";

it.each([
  [undefined, []],
  ["", []],
  ["nonsense; rel=next", []],
  ["<a>", [["a", [""]]]],
  ["<a>; rel=next", [["a", ["next"]]]],
  ['< b >;REL="Next"', [[" b ", ["next"]]]],
  ['<a>; rel="prev next"', [["a", ["prev", "next"]]]],
  ["<a>; rel=next; rel=last", [["a", ["next"]]]],
  [
    '<a>; title="\\"<c>; rel=next\\""; rel=prev,<b> ; rel = next',
    [
      ["a", ["prev"]],
      ["b", ["next"]],
    ],
  ],
  ['<a>; anchor="/elsewhere"; rel=next', []],
  ["<<a>; rel=next", [["a", ["next"]]]],
  ["<a,b>; rel=next", [["a,b", ["next"]]]],
])("the links of %j", (header, expected) => {
  expect(linksOf(header).map(({ target, relations }) => [target, relations])).toEqual(expected);
});
