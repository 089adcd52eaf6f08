// What the keeper of a region publishes of each duty, in the regional table.
import type { Item, ItemKey } from "../../../aws/dynamo/table.ts";
import type { HandbackMark } from "../../../core/ports.ts";

export interface DutyRow {
  readonly duty: string;
  /** Under which the region holds the duty, or held it last. */
  readonly epoch: number;
  /** From this epoch on no other region held the duty in between. */
  readonly since: number;
  /** The one before `since`; 0: there was none. */
  readonly lastEpoch: number;
  /** The duty may be acted for until then. Wall clock of the region, ms; 0: it is not held. */
  readonly until: number;
  /** What the region before told when it ended as planned; null: nothing. */
  readonly handback: HandbackMark | null;
  /** The duty is to go home: who acts ends, and nobody begins. */
  readonly recalled: boolean;
  /** Connectors that may be in another region's hands. */
  readonly lent: readonly string[];
}

export const dutyPk = "duty";
/** More duties than an environment has regions, those that were removed included. */
export const mostDuties = 64;

export const dutyKey = (duty: string): ItemKey => ({ pk: dutyPk, sk: duty });

export const dutyItem = ({ duty, handback, recalled, lent, ...numbers }: DutyRow): Item => ({
  ...dutyKey(duty),
  attributes: {
    ...numbers,
    handback: JSON.stringify(handback),
    recalled: recalled ? 1 : 0,
    lent: JSON.stringify(lent),
  },
});

/** @param item one that `dutyItem` made */
export const dutyRowOf = ({ sk, attributes }: Item): DutyRow => ({
  duty: sk,
  epoch: Number(attributes.epoch),
  since: Number(attributes.since),
  lastEpoch: Number(attributes.lastEpoch),
  until: Number(attributes.until),
  handback: JSON.parse(String(attributes.handback)) as HandbackMark | null,
  recalled: attributes.recalled === 1,
  lent: JSON.parse(String(attributes.lent)) as readonly string[],
});
