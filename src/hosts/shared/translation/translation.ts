import { configure } from "safe-stable-stringify";
import type { Translation } from "../../../core/ports.ts";
import type { ConnectorFunctions } from "../../../define/spec.ts";
import { readMessage } from "../../../drivers/http/receive/message.ts";
import { eventOf } from "./events.ts";
import type { Made } from "./work.ts";

const stringify = configure({ deterministic: true });

/** What the core gets of what was made. Readers of a feed get the text as it is. */
export const translationOf = (made: Made, isFeed: boolean): Translation => {
  if (made.kind !== "output") return made;
  return { kind: "output", output: isFeed ? made.output : JSON.parse(made.output), key: made.key };
};

/** What counts as content of a payload (protocol rule 9); of an event: all but its time and its trace. */
export const contentOf = (functions: ConnectorFunctions | null, payload: string): string => {
  if (functions?.direction === "ingress") return functions.content(readMessage(payload).body);
  const { time: _, ...event } = eventOf(payload);
  return stringify({ ...event, traceparent: undefined }) ?? "";
};
