// The platforms that can be drilled on this machine.
import { AwsPlatform } from "./aws/platform.ts";
import { chooseIsolation, type Isolation } from "./isolation.ts";
import { Place } from "./local/place.ts";
import { LocalPlatform } from "./local/platform.ts";
import type { Platform } from "./platform.ts";
import type { DriverName } from "./roles.ts";

export const platformNames = ["local", "aws"] as const;
export type PlatformName = (typeof platformNames)[number];

export interface PlatformOptions {
  readonly driver: DriverName;
  /** First of the ports, on the local platform. */
  readonly basePort: number;
  /** How a region is cut off, on the local platform. */
  readonly isolate: Isolation | undefined;
  readonly signal: AbortSignal;
  /** Where logs are left. */
  readonly folder: string;
}

export async function openPlatform(
  name: PlatformName,
  { driver, basePort, isolate, signal, folder }: PlatformOptions,
  say: (line: string) => void,
): Promise<Platform> {
  if (name === "aws") return AwsPlatform.open({ driver, signal, folder });
  if (driver !== "http") throw new Error(`--driver ${driver}: partners are reached by it on the platform aws only`);
  const { isolation, because } = await chooseIsolation(isolate);
  say(because);
  return LocalPlatform.open({ place: new Place(basePort), isolation, signal }, say);
}
