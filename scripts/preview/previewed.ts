// What the command tells the Pulumi program, which the engine runs: JSON in its variable `ISTHMUS_PREVIEW`.
import * as z from "zod";

export const Previewed = z.object({
  /** Name of the file in infra/environments that it is a preview of. */
  file: z.string(),
  /** By region, where it is emulated. */
  endpoints: z.record(z.string(), z.url()).default({}),
  /** Over the environment's. */
  lease: z.object({ ttlMs: z.number(), marginMs: z.number(), requestTimeoutMs: z.number() }).optional(),
});
export type Previewed = z.input<typeof Previewed>;

/** The connectors of the drill. */
export const connectorNames = ["given", "sent"] as const;
