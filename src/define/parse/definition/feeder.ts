import type * as z from "zod";
import type { HubEvent } from "../../spec.ts";
import { code, maybe, startFrom, strict } from "../values.ts";
import { common } from "./common.ts";

/** A connector that is read from. */
export const feeder = strict({
  ...common,
  translate: maybe(code<(event: HubEvent) => unknown>()),
  startFrom: maybe(startFrom),
});
export type FeederFields = z.output<typeof feeder>;
