import { expect, it } from "vitest";
import { TestClock } from "../../core/testing.ts";
import { RestingTable } from "./resting-table.ts";
import type { Written } from "./table.ts";

const item = { pk: "a", sk: "e", attributes: {} };
const silent: Written = { kind: "failed", reason: "silent", detail: "no answer" };

const resting = () => {
  const clock = new TestClock();
  let asked = 0;
  let answer: Written = { kind: "written" };
  const table = new RestingTable({
    clock,
    restMs: 3_000,
    table: {
      put: (_item, _condition, done) => {
        asked += 1;
        done(answer);
      },
    },
  });
  const put = (): string => {
    let kind = "";
    table.put(item, null, (written) => {
      kind = written.kind;
    });
    return kind;
  };
  const answers = (given: Written): void => {
    answer = given;
  };
  return { clock, put, asked: () => asked, answers };
};

it("is asked while it answers, also where it refuses", () => {
  const { put, asked, answers } = resting();
  expect([put(), put()]).toEqual(["written", "written"]);
  answers({ kind: "failed", reason: "throttled", detail: "too much" });
  expect([put(), put()]).toEqual(["failed", "failed"]);
  expect(asked()).toBe(4);
});

it("is not asked for a while after it did not answer, and then again", () => {
  const { clock, put, asked, answers } = resting();
  answers(silent);
  expect([put(), put(), put()]).toEqual(["failed", "failed", "failed"]);
  expect(asked()).toBe(1);
  clock.advance(3_000);
  answers({ kind: "written" });
  expect([put(), put()]).toEqual(["written", "written"]);
  expect(asked()).toBe(3);
});
