import { type BatchAnswer, nothingFailed, streamFailure } from "../runtime/batches.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import { hallOf } from "../runtime/hall.ts";
import type { Handler, Surroundings } from "../runtime/surroundings.ts";
import type { EndsOf } from "./ends.ts";
import { EngineRoom } from "./engine-room.ts";

/**
 * The function that looks after a connector's journals: it numbers what was accepted, and hands it on for the duties that
 * its region has. The stream of the connector's table calls it when something was accepted, the keeper when there may be
 * something to do; what either says is not looked at. One engine of a connector runs in a region.
 */
export const dispatching = (
  parts: ConnectorParts,
  endsOf: EndsOf,
  surroundings: Surroundings,
): Handler<BatchAnswer> => {
  let room: EngineRoom | null = null;
  return async (event, invocation) => {
    if (room === null) {
      const hall = hallOf(parts, surroundings);
      room = new EngineRoom(hall, endsOf(hall, parts));
    }
    const numbered = await room.run(invocation);
    return numbered ? nothingFailed : streamFailure(event);
  };
};
