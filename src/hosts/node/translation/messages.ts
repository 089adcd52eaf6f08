/** What the main thread and the thread of a connector's translations say to each other. */

export interface WorkerInput {
  /** File of the bundle. */
  readonly bundle: string;
  readonly connector: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Two 32-bit counters: translations begun and ended, so that one that never ends is told from many that wait. */
  readonly progress: SharedArrayBuffer;
}

export interface Work {
  readonly identity: string;
  readonly payload: string;
  /** null: ingress, and feeds. */
  readonly site: string | null;
}

/** What came of one piece of work. `output` is JSON text, so that nothing but data leaves the thread. */
export type Made =
  | { readonly kind: "output"; readonly output: string; readonly key: string | null }
  | { readonly kind: "ignored" }
  | { readonly kind: "fault"; readonly reason: string };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "broken"; readonly reason: string }
  /** In the order in which the work was given. */
  | { readonly kind: "made"; readonly made: readonly Made[] };
