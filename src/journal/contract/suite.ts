import type { JournalStoreUnderTest } from "./harness.ts";

/** The store of the running test, of region `east` with incarnation 1 begun. */
export type StoreOfTest = () => JournalStoreUnderTest;
