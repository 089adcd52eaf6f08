/** Secrets turned into what proofs are made with, once per value. */
import type { Secrets } from "../../port.ts";

/**
 * Keys of a secret, the current one first, prepared again only when its values change. A value from which no key can be
 * made (empty, not decodable) gives none, so that nothing is ever proved by an empty key.
 */
export const keyRing = <K>(
  secrets: Secrets,
  name: string,
  prepare: (value: string) => K | null,
): (() => readonly K[]) => {
  let values: readonly string[] = [];
  let keys: readonly K[] = [];
  return () => {
    const current = secrets(name);
    if (!sameTexts(current, values)) {
      values = [...current];
      keys = values.map((value) => (value === "" ? null : prepare(value))).filter((key) => key !== null);
    }
    return keys;
  };
};

const sameTexts = (first: readonly string[], second: readonly string[]): boolean =>
  first.length === second.length && first.every((text, index) => text === second[index]);
