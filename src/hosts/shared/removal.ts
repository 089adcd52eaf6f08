import type { Operator } from "../../core/operator.ts";
import type { IdentityReport, Journal, Ledger, OpenEntry } from "../../core/ports.ts";
import type { JournalName } from "../../core/records.ts";

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

/** What of a connector is in this region's hands. */
export type Share = (journal: JournalName) => boolean;

/** Whether the connector holds something here that would be lost with it. */
export const isHeld = async (journal: Journal, connector: string, share: Share): Promise<boolean> => {
  if (Object.values(heldIn(journal.ledger(connector))).every((count) => count === 0)) return false;
  return (await heldHere(journal, connector, share)).length > 0;
};

/**
 * Gives up all of this region's share that the connector holds, each entry by a record of its own, so that regions that
 * still have the connector know it too. Stops where the store takes nothing.
 */
export const discardAll = async (
  journal: Journal,
  operator: Operator,
  connector: string,
  share: Share,
): Promise<void> => {
  for (;;) {
    const identities = await heldHere(journal, connector, share);
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

/** Some of the identities that are pending, faulted or unknown in the share; none where there is none. */
const heldHere = async (journal: Journal, connector: string, share: Share): Promise<readonly string[]> => [
  ...(await pendingOf(journal, connector, share)),
  ...(await listedOf(journal, connector, share, page)),
];

const pendingOf = async (journal: Journal, connector: string, share: Share): Promise<readonly string[]> => {
  const journals = (Object.keys(journal.vector(connector)) as JournalName[]).filter(share);
  const open = await new Promise<readonly OpenEntry[]>((done) =>
    journal.open(connector, { journals, above: {}, limit: page }, done),
  );
  return [...new Set(open.map(({ identity }) => identity))];
};

const listedOf = async (
  journal: Journal,
  connector: string,
  share: Share,
  limit: number,
): Promise<readonly string[]> => {
  const lists = await Promise.all(
    (["faulted", "unknown"] as const).map(
      (what) => new Promise<readonly IdentityReport[]>((done) => journal.list({ connector, what, limit }, done)),
    ),
  );
  const shared = lists.flat().filter(({ entries }) => entries.some((entry) => share(entry.journal)));
  // A page may be full of what others hold.
  if (shared.length === 0 && lists.some((list) => list.length === limit))
    return listedOf(journal, connector, share, 4 * limit);
  return shared.map(({ identity }) => identity);
};
