import * as z from "zod";
import { httpPoll } from "../http/poll.ts";
import { code, duration, maybe, strict, text } from "../values.ts";
import { ingress } from "./common.ts";

/** A connector that receives. */
export const receiver = strict({
  ...ingress,
  onInvalid: maybe(z.enum(["fault", "reject"])),
  onConflict: maybe(z.enum(["keep", "reject"])),
  reconcile: maybe(
    strict({
      via: strict({ driver: text, role: z.literal("poll"), options: httpPoll }),
      when: z.union([z.literal("gap"), duration], { error: 'must be "gap" or a length of time such as "1h"' }),
      adapt: maybe(code<(item: unknown) => unknown>()),
    }),
  ),
});
export type ReceiverFields = z.output<typeof receiver>;
