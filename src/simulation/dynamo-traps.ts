import { numbersFirst, takesWhatIsThere } from "./dynamo-plants.ts";
import { overTables } from "./schedule.ts";
import { onlyFed, type Trap } from "./trap.ts";

const fedOverTables: NonNullable<Trap["steer"]> = (shape) => overTables(onlyFed()(shape));

/** What may go wrong where everything stands in tables of DynamoDB. */
export const dynamoTraps: readonly Trap[] = [
  { name: "take a number, then put", regions: 2, steer: fedOverTables, wrapping: { table: numbersFirst } },
  {
    name: "trust replicated items to arrive in order or transactions whole",
    regions: 2,
    steer: fedOverTables,
    wrapping: { table: takesWhatIsThere },
  },
];
