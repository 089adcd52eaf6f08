// The keeper of one region, call after call, beside functions that are uploaded.
import { keep } from "../../../src/hosts/lambda/keeper/handler.ts";
import { invocation, type Place } from "./place.ts";

/** Short, so that an engine that was cut off is followed soon. */
export const shortLease = { ttlMs: 3_000, marginMs: 300, requestTimeoutMs: 1_000 };
/** Of one call: a lease is taken over within one. Milliseconds. */
const callMs = 10_000;

/** Keeps until it is told to end, for one connector. Ends with the call under way. */
export const keeping = (place: Place, connector: string): { end(): Promise<void> } => {
  const { name: _, ...shared } = place.config({ lease: shortLease });
  const dispatchFunction = `${connector}-dispatch`;
  const connectors = { [connector]: { role: "send", table: "connector", dispatchFunction } };
  const surroundings = place.surroundings();
  const config = { ...shared, keeperFunction: `${connector}-keeper`, connectors };
  const keeper = keep({ ...surroundings, variables: { ...surroundings.variables, ISTHMUS: JSON.stringify(config) } });
  let ended = false;
  const calls = (async () => {
    while (!ended) await keeper({}, invocation(callMs));
  })();
  return {
    end: () => {
      ended = true;
      return calls;
    },
  };
};
