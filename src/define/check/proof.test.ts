import { expect, test } from "vitest";
import * as z from "zod";
import { checkDefinition } from "../check.ts";
import { defineConnector, definePartner, http, secret } from "../index.ts";
import type { Verification } from "../model.ts";
import { problemLine } from "../problem.ts";

const partner = definePartner({ name: "p", location: "same-cloud" });
const acme: Verification = { scheme: "iam", roles: ["arn:aws:iam::111122223333:role/partners/acme"] };
const token: Verification = { scheme: "bearer", token: secret("t") };

const receiving = (verify: readonly Verification[]) =>
  defineConnector({
    partner,
    via: http.receive({ id: "body:/id", verify }),
    message: z.object({ id: z.string() }),
    events: { "thing.made": z.object({ thing: z.string() }) },
    translate: () => null,
  });
const read = (readers: Readonly<Record<string, Verification>>) =>
  defineConnector({
    partner,
    via: http.feed({ readers, retention: "1d" }),
    events: { "thing.made": z.object({ thing: z.string() }) },
  });
const problems = (definition: Parameters<typeof checkDefinition>[1]): readonly string[] =>
  checkDefinition("c", definition, { settings: {}, platform: "aws" }).map(problemLine);

test("roles of AWS prove givers and readers on aws", () => {
  expect([problems(receiving([acme])), problems(read({ one: acme }))]).toEqual([[], []]);
});

test("beside a role stands no other proof: what is proved in another way never comes to us", () => {
  expect(problems(receiving([acme, token]))).toEqual([
    expect.stringMatching(/^via\.verify: the scheme "iam" is checked before/),
  ]);
  expect(problems(read({ one: acme, two: token }))).toEqual([
    expect.stringMatching(/^via\.readers: the scheme "iam" is checked before/),
  ]);
});

test.each(["*", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:user/acme"])("%s is no role", (role) => {
  expect(problems(receiving([{ scheme: "iam", roles: [role] }]))).toEqual([
    `via.verify: '${role}' is not the ARN of a role: arn:aws:iam::<account>:role/<name>`,
  ]);
});

test("two readers with one role are not told apart", () => {
  expect(
    problems(read({ one: acme, two: { scheme: "iam", roles: [...acme.roles, "arn:aws:iam::111122223333:role/b"] } })),
  ).toEqual(["via.readers.two: nothing tells it from 'one': give it roles of its own"]);
});
