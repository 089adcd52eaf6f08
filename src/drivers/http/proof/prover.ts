/** Judges the messages of fixtures as the driver would, offline. */
import type { Prover } from "../../../define/fixtures.ts";
import { verifierOf } from "./verifier.ts";

export const proveFixture: Prover = ({ verify, headers, raw, secrets, receivedAtMs }) => {
  const verifier = verifierOf(verify, {
    secrets: (name) => (Object.hasOwn(secrets, name) ? [secrets[name] ?? ""] : []),
    clock: {
      wallMs: () => receivedAtMs,
      monotonicMs: () => 0,
      after: () => ({ cancel: () => undefined }),
    },
    documents: () => Promise.reject(new Error("a fixture cannot prove itself by keys that are read over the network")),
  });
  return verifier.check({ method: "POST", url: "/", headers, body: Buffer.from(raw) }) === "proved";
};
