import type { AwsClient } from "../../../aws/client.ts";
import { DynamoTable } from "../../../aws/dynamo/dynamo-table.ts";
import type { Clock, Voter } from "../../../core/ports.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import { DynamoVoter } from "../../../voter/dynamo/dynamo-voter.ts";

export interface VotersPlace {
  readonly client: AwsClient;
  readonly clock: Clock;
  readonly regions: readonly string[];
  /** Region of the voter that is no gateway; null: the number of regions is odd. */
  readonly witness: string | null;
  readonly regionalTable: string;
  readonly lease: LeaseTimings;
}

/** The regions that vote. */
export const voterNames = ({ regions, witness }: Pick<VotersPlace, "regions" | "witness">): readonly string[] =>
  witness === null ? [...regions] : [...regions, witness];

/**
 * One voter in each region, and in the witness's.
 *
 * @param process of this process, or this call of it: never used again
 */
export const dynamoVoters = (place: VotersPlace, process: string): readonly Voter[] => {
  const { client, clock, regionalTable, lease: timings } = place;
  const names = voterNames(place);
  const voterSets = { generation: 1, sets: [names] };
  // Three attempts of each call, within the time for the whole request.
  const timeoutMs = timings.requestTimeoutMs / 4;
  const all: { readonly voter: Voter; readonly others: Voter[] }[] = names.map((name) => {
    const table = new DynamoTable({ client, region: name, name: regionalTable, timeoutMs });
    const others: Voter[] = [];
    return { voter: new DynamoVoter({ name, table, timings, clock, process, others, voterSets }), others };
  });
  for (const { voter, others } of all) {
    others.push(...all.map((each) => each.voter).filter((each) => each !== voter));
  }
  return all.map(({ voter }) => voter);
};
