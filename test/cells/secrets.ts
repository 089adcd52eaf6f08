// What proves who calls whom in a drill: made anew for each.
import { randomBytes } from "node:crypto";
import type { Secrets } from "./platform.ts";
import type { DriverName } from "./roles.ts";

const secret = (): string => randomBytes(24).toString("hex");

export const makeSecrets = (): Secrets => ({
  signing: `whsec_${randomBytes(24).toString("base64")}`,
  sites: { a: secret(), b: secret() },
  readers: { a: secret(), b: secret(), both: secret() },
});

/** By the names that definitions have for them; only those that a driver uses: others would be refused as mistyped. */
export const usedSecrets = (
  { signing, sites, readers }: Secrets,
  driver: DriverName,
): Readonly<Record<string, string>> =>
  driver === "http"
    ? {
        "cells-site-a": sites.a,
        "cells-site-b": sites.b,
        "cells-signing": signing,
        "cells-reader-a": readers.a,
        "cells-reader-b": readers.b,
        "cells-reader-both": readers.both,
      }
    : {};
