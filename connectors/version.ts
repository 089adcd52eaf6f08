import { createRequire } from "node:module";
import * as z from "zod";

/** Version of the gateway that these components deploy: a new one restarts the processes that run it. */
export const gatewayVersion = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)("../package.json")).version;
