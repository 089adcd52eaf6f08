// Whether the next step of a change of the regions may be deployed to a region.
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Endpoint } from "../plan.ts";
import { call } from "./admin.ts";

const Status = z.object({ duties: z.array(z.object({ region: z.string(), generation: z.int() })) });

/** Between two looks. Milliseconds. */
const STEP_MS = 200;

/**
 * Waits until the generation before is in effect, as the region's own voter knows it: voters let none be skipped, and
 * none come back, so with a step too early or too late nobody would act. A region that does not answer is not asked.
 *
 * @throws Error where it is not in effect within `patienceMs`, or a later one is
 */
export async function awaitGeneration(
  endpoint: Pick<Endpoint, "adminUrl" | "tokenFile">,
  region: string,
  generation: number,
  patienceMs: number,
): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const answer = await call(endpoint, "GET", "/admin/status");
    const status = Status.safeParse(answer?.body);
    if (answer?.status !== 200 || !status.success) return;
    const later = status.data.duties.find((duty) => duty.generation > generation);
    if (later !== undefined) throw new Error(past(region, generation, later.generation));
    const waiting = status.data.duties.filter((duty) => duty.generation < generation - 1);
    if (waiting.length === 0) return;
    if (performance.now() > end) throw new Error(early(region, generation, waiting));
    await delay(STEP_MS);
  }
}

const past = (region: string, generation: number, later: number): string =>
  `region ${region} cannot go back to generation ${generation}: ${later} is in effect. Finish the change; undoing it is a change of its own`;

const early = (region: string, generation: number, waiting: readonly { readonly region: string }[]): string => {
  const duties = waiting.map((duty) => duty.region).join(", ");
  return `region ${region} cannot go to generation ${generation}: generation ${generation - 1} is not in effect yet for the journals of ${duties}. Deploy it to every region; isthmus status tells whether all of them act`;
};
