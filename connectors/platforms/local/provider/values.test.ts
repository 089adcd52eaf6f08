import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { expect, test } from "vitest";
import { changed, isUnknown, open } from "./values.ts";

const secret = (value: unknown) => ({ [specialSigKey]: specialSecretSig, value });

test("secret marks are taken off at every depth", () => {
  expect(open({ a: secret({ b: [secret("c")] }) })).toEqual({ a: { b: ["c"] } });
});

test("an unknown value is found inside a secret and inside a list", () => {
  expect(isUnknown(secret({ a: [unknownValue] }))).toBe(true);
  expect(isUnknown(secret({ a: ["known"] }))).toBe(false);
});

test("the same value is unchanged whether or not it is marked, and whatever the order of its fields", () => {
  const state = { token: "t", lease: { ttlMs: 1, marginMs: 2 } };
  const inputs = { token: secret("t"), lease: { marginMs: 2, ttlMs: 1 } };
  expect(changed(state, inputs, ["token", "lease"])).toEqual([]);
});

test("what differs, is missing or is not known yet is changed", () => {
  expect(changed({ a: 1, b: 2, c: 3 }, { a: 2, c: unknownValue }, ["a", "b", "c"])).toEqual(["a", "b", "c"]);
});
