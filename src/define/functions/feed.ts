// The user's function of a feed, with what goes in parsed and what comes out checked.
import type { FeederFields } from "../parse/definition/feeder.ts";
import type { FeedFunctions } from "../spec.ts";
import { checkedOffer } from "./results.ts";
import { eventParser } from "./subscribed.ts";

export const feedFunctions = ({ events, translate }: FeederFields): FeedFunctions => {
  const parse = eventParser(events);
  return {
    direction: "feed",
    translate: (event) => {
      const parsed = parse(event);
      const given = translate === undefined ? { data: parsed.data } : translate(parsed);
      return given === null ? null : { type: event.type, ...checkedOffer(given) };
    },
  };
};
