// How a region is cut off from everything.
import { hindrance } from "./local/namespaces.ts";

/** `namespace`: it stands in a network namespace and packets are dropped. `proxy`: what carries its calls goes silent. */
export const isolations = ["namespace", "proxy"] as const;
export type Isolation = (typeof isolations)[number];

export interface Chosen {
  readonly isolation: Isolation;
  /** Told to whoever started the drill. */
  readonly because: string;
}

/** @throws where what was asked for cannot be had, saying why */
export async function chooseIsolation(asked: Isolation | undefined): Promise<Chosen> {
  if (asked === "proxy") return { isolation: "proxy", because: "regions are cut off by their proxy" };
  const why = await hindrance();
  if (why === null) return { isolation: "namespace", because: "regions are cut off by network namespaces" };
  if (asked === "namespace") throw new Error(`--isolate namespace: ${why}`);
  return { isolation: "proxy", because: `regions are cut off by their proxy: ${why}` };
}
