import fc from "fast-check";
import { expect, it } from "vitest";
import { hmacScheme, type Scheme, standardWebhooks } from "./schemes.ts";
import { signatureCheck, signatureMaker } from "./signature.ts";

const schemes: readonly Scheme[] = [
  standardWebhooks,
  hmacScheme({
    scheme: "hmac",
    key: { secret: "k" },
    header: "x-sig",
    algorithm: "sha512",
    encoding: "hex",
    prefix: "sig=",
    content: [{ header: "webhook-id" }, "body", "timestamp"],
    timestamp: { header: "webhook-timestamp", toleranceMs: 1_000 },
  }),
];
const secret = fc.uint8Array({ minLength: 16, maxLength: 32 }).map((key) => Buffer.from(key).toString("base64"));
const nowS = 1_700_000_000;

it("what is made is proved, and nothing that differs in body, time, signed header or key", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...schemes),
      secret,
      secret,
      fc.string({ unit: "grapheme" }),
      fc.string({ minLength: 1 }),
      (scheme, key, otherKey, body, other) => {
        fc.pre(key !== otherKey);
        const sent: Record<string, string> = { "webhook-id": "m-1", "webhook-timestamp": String(nowS) };
        const signature = signatureMaker(scheme, () => [key], "k")(body, (name) => sent[name], String(nowS)) ?? "";
        const proves = (change: Record<string, string> = {}, text = body, by = key) =>
          signatureCheck(scheme, () => [by], "k")(
            Buffer.from(text),
            (name) => ({ ...sent, [scheme.header]: signature, ...change })[name],
            nowS * 1_000,
          );
        expect(proves()).toBe(true);
        expect(proves({}, body + other)).toBe(false);
        expect(proves({ "webhook-id": `m-1${other}` })).toBe(false);
        expect(proves({ "webhook-timestamp": String(nowS - 1) })).toBe(false);
        expect(proves({ [scheme.header]: signature.slice(0, -2) })).toBe(false);
        expect(proves({}, body, otherKey)).toBe(false);
      },
    ),
  );
});
