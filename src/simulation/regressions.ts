import type { VariantName } from "../matrix/cells.ts";

export interface Regression {
  readonly seed: number;
  /** As asked for with `--regions`; absent: as schedules come. */
  readonly regions?: number;
  /** As asked for with `--store`; absent: a disk. */
  readonly store?: "dynamo";
  /** As asked for with `--hub`; absent: one with an order. */
  readonly hub?: "unordered";
  /** What holds since. */
  readonly story: string;
}

/** Seeds that once broke something, each with what holds since. They run first, and in `npm test`. */
export const regressions: readonly Regression[] = [
  { seed: 76, story: "what a site switch opens again goes before a head that waits to be tried again" },
  { seed: 94, story: "a site is dead only when every peer that is reached says so" },
  { seed: 321, story: "a delivery that a site answers after it was left is sent again" },
  { seed: 672, story: "a site that no request goes to is judged by its probes, so that its connectors come back" },
  { seed: 1652, story: "the lender of a connector probes its sites, so that it takes the connector back" },
  { seed: 2161, story: "nothing is forgotten that a source would bring again when it is read from its beginning" },
  { seed: 3091, story: "what a reader acknowledged before it was here is settled when it comes" },
  {
    seed: 104,
    store: "dynamo",
    story: "what a source gave together is numbered in its order, whatever looks at the inbox",
  },
  {
    seed: 374,
    store: "dynamo",
    story: "what was called with while it is read is handed on, though a later one is told of first",
  },
  { seed: 419, store: "dynamo", story: "a batch that is written in part is nothing until it is read again" },
  {
    seed: 2066,
    store: "dynamo",
    story: "a region that starts reads on where the entries of a page were pruned meanwhile",
  },
  {
    seed: 182,
    hub: "unordered",
    story: "a wall clock that is set while a number is missing does not end the wait for it",
  },
  {
    seed: 380,
    store: "dynamo",
    hub: "unordered",
    story: "what stands in a shared store before it is told of is waited for no shorter",
  },
];

export interface CellRegression {
  readonly cell: string;
  readonly variant: VariantName;
  readonly seed: number;
  readonly story: string;
}

export const cellRegressions: readonly CellRegression[] = [
  {
    cell: "poll.azure.active-active.primary-secondary.link",
    variant: "all-links",
    seed: 15,
    story: "a cursor of another site is rewound by the recovery point also where nothing was lost",
  },
  {
    cell: "poll.same-cloud.primary-secondary.primary-secondary.both",
    variant: "region-site-region-site",
    seed: 161,
    story: "what a failed round for a lease gave back comes late and frees nothing that a later round was granted",
  },
  {
    cell: "send.on-prem.active-active.primary-secondary.link",
    variant: "one-region-link",
    seed: 50,
    story: "a fault and its resubmission that are heard of together leave the event to be sent",
  },
  {
    cell: "poll.azure.active-active.primary-secondary.ours",
    variant: "frozen",
    seed: 52,
    story: "a page that a waking region drops is read again, in the source's order",
  },
];
