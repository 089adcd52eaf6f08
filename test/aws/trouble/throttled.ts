// A region whose functions reach its services through what may refuse them. Whoever looks from outside goes past it.
import { openPlace, type Place, region } from "../lambda/place.ts";
import { Burst } from "./burst.ts";

export interface Throttled {
  readonly place: Place;
  readonly burst: Burst;
}

export async function openThrottled(): Promise<Throttled> {
  const place = await openPlace();
  const burst = await Burst.at(place.aws.url);
  const endpoints = { [region]: burst.url };
  return { burst, place: { ...place, config: (change) => place.config({ endpoints, ...change }) } };
}
