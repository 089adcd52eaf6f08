// A region whose tables refuse some of the calls, as they do beyond what they were made for.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Gate, isToTable, refuse, tableRefusal } from "../ministack/gate.ts";

/** Stands before an emulated region. */
export class Throttling extends Gate {
  /** Of the calls to tables, how many are refused: 0 none, 1 all. */
  share = 0;
  refused = 0;

  protected override refuses(call: IncomingMessage, answer: ServerResponse): boolean {
    if (!isToTable(call) || Math.random() >= this.share) return false;
    this.refused += 1;
    refuse(call, answer, tableRefusal("ThrottlingException", "Rate exceeded"));
    return true;
  }
}
