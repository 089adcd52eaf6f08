import type { Prover } from "../../define/fixtures.ts";
import { verifierOf } from "../../drivers/http/proof/verifier.ts";

/** Judges a fixture's signature by the driver's own verification, at the fixture's own time and offline. */
export const prove: Prover = ({ verify, headers, raw, secrets, receivedAtMs }) => {
  const verifier = verifierOf(verify, {
    secrets: (name) => (secrets[name] === undefined ? [] : [secrets[name]]),
    clock: {
      wallMs: () => receivedAtMs,
      monotonicMs: () => 0,
      after: () => ({ cancel: () => undefined }),
    },
    pools: () => {
      throw new Error("keys that have to be fetched cannot be judged offline");
    },
  });
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return verifier.check({ method: "POST", url: "/", headers: lowered, body: Buffer.from(raw) }) === "proved";
};
