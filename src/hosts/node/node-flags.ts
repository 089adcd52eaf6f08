/**
 * How Node is started for a gateway process. Small young generations, also of its threads, keep a million held entries
 * within 150 MB; larger ones save some garbage collection and cost memory with every thread.
 */
export const nodeFlags: readonly string[] = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=4"];
