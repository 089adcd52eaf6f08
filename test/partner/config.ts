// What the model partner is started with. Parsed once, on entry.
import { readFileSync } from "node:fs";
import * as z from "zod";

export const siteNames = ["primary", "secondary"] as const;
export type SiteName = (typeof siteNames)[number];

const port = z.int().min(0).max(65_535);

export const configSchema = z.object({
  /** Address to listen at. */
  host: z.string().default("127.0.0.1"),
  /** 0 = any free port; the ready line tells which. */
  ports: z
    .object({ primary: port.default(9443), secondary: port.default(9444), control: port.default(9445) })
    .prefault({}),
  /** Standard Webhooks secrets (`whsec_...`), all valid at once, so that they can be rotated. */
  secrets: z.array(z.string().startsWith("whsec_")).min(1),
  /** Milliseconds until the other site has what one site took. */
  lagMs: z.int().nonnegative().default(500),
  /** False: the partner acts again on an identity that it already knows. */
  idempotent: z.boolean().default(true),
  /** JSON pointer into the body: the key within which order matters. */
  key: z.string().startsWith("/").default("/data/repository"),
  /** The file that only this process writes, one JSON object a line. */
  ledger: z.string(),
});

export type Config = z.output<typeof configSchema>;

/** Reads and checks a configuration file; throws with the field's name where something is wrong. */
export function readConfig(path: string): Config {
  const parsed = configSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
