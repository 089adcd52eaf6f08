/** What the main thread and the thread of a connector's translations say to each other. */
import type { Made } from "../../shared/translation/work.ts";

export interface WorkerInput {
  /** File of the bundle. */
  readonly bundle: string;
  readonly connector: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Two 32-bit counters: translations begun and ended, so that one that never ends is told from many that wait. */
  readonly progress: SharedArrayBuffer;
}

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "broken"; readonly reason: string }
  /** In the order in which the work was given. */
  | { readonly kind: "made"; readonly made: readonly Made[] };
