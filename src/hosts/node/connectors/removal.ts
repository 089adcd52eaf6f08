import type { Operator } from "../../../core/operator.ts";
import type { Journal, Ledger, OpenEntry } from "../../../core/ports.ts";
import type { JournalName } from "../../../core/records.ts";

/** Entries of a connector by state. */
export const countsOf = ({ accepted, pending, byOutcome, conflicts }: Ledger): Readonly<Record<string, number>> => ({
  accepted,
  pending,
  ...byOutcome,
  conflicts,
});

/** What forbids to remove a connector. */
export const heldIn = ({ pending, byOutcome: { faulted, unknown } }: Ledger): Readonly<Record<string, number>> => ({
  pending,
  faulted,
  unknown,
});

const page = 512;
/** Decisions made at once: they share writes to the disk. */
const together = 64;
const decision = { person: "deployment", reason: "the connector was removed, and its entries were to be discarded" };

/**
 * Gives up everything that the connector holds, each entry by a record of its own, so that regions that still have the
 * connector know it too. Stops where the store takes nothing.
 */
export const discardAll = async (journal: Journal, operator: Operator, connector: string): Promise<void> => {
  for (;;) {
    const identities = [...(await pendingOf(journal, connector)), ...(await listedOf(journal, connector))];
    if (identities.length === 0) return;
    const chunks = Array.from({ length: Math.ceil(identities.length / together) }, (_, at) =>
      identities.slice(at * together, (at + 1) * together),
    );
    for (const chunk of chunks) {
      const results = await Promise.all(chunk.map((identity) => discard(operator, connector, identity)));
      if (!results.includes(true)) return;
    }
  }
};

const discard = (operator: Operator, connector: string, identity: string): Promise<boolean> =>
  new Promise((resolve) =>
    operator.discard(connector, [identity], decision, ([result]) => resolve(result?.kind === "done")),
  );

const pendingOf = async (journal: Journal, connector: string): Promise<readonly string[]> => {
  const journals = Object.keys(journal.vector(connector)) as JournalName[];
  const open = await new Promise<readonly OpenEntry[]>((done) =>
    journal.open(connector, { journals, above: {}, limit: page }, done),
  );
  return [...new Set(open.map(({ identity }) => identity))];
};

const listedOf = async (journal: Journal, connector: string): Promise<readonly string[]> => {
  const lists = await Promise.all(
    (["faulted", "unknown"] as const).map(
      (what) =>
        new Promise<readonly { readonly identity: string }[]>((done) =>
          journal.list({ connector, what, limit: page }, done),
        ),
    ),
  );
  return lists.flat().map(({ identity }) => identity);
};
