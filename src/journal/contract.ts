import { afterEach, beforeEach, describe } from "vitest";
import { accepting } from "./contract/accepting.ts";
import { converging } from "./contract/converging.ts";
import type { JournalStoreUnderTest, OpenStore } from "./contract/harness.ts";
import { lasting } from "./contract/lasting.ts";
import { numbering } from "./contract/numbering.ts";
import { reading } from "./contract/reading.ts";
import { replicating } from "./contract/replicating.ts";
import { settling } from "./contract/settling.ts";

export type { JournalStoreUnderTest, OpenStore } from "./contract/harness.ts";

/** What every adapter of the port `Journal` promises. */
export const journalContract = (name: string, open: OpenStore): void => {
  describe(`the journal ${name}`, () => {
    let store: JournalStoreUnderTest | undefined;
    beforeEach(async () => {
      store = await open("east");
      store.journal.begin(1);
    });
    afterEach(() => store?.dispose());
    const current = (): JournalStoreUnderTest => {
      if (store === undefined) throw new Error("No store is open");
      return store;
    };
    accepting(current);
    replicating(current);
    reading(current);
    settling(current);
    numbering(current);
    lasting(current);
    converging(open);
  });
};
