import type * as z from "zod";
import { duration, maybe, startFrom, strict } from "../values.ts";
import { ingress } from "./common.ts";

/** A connector that polls. */
export const poller = strict({ ...ingress, startFrom: maybe(startFrom), lookback: maybe(duration) });
export type PollerFields = z.output<typeof poller>;
