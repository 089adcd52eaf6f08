import type { Environment } from "../../src/define/environment.ts";
import type { GlobalSettings, RegionSettings } from "../config/settings.ts";
import type { GlobalStack, RegionStack } from "../config/stack.ts";

/** What is known of a global stack before anything is made. */
export interface GivenGlobal {
  readonly stack: GlobalStack;
  readonly settings: GlobalSettings;
  readonly environment: Environment;
}

/** What is known of a region's stack before anything is made. */
export interface GivenRegion {
  readonly stack: RegionStack;
  readonly settings: RegionSettings;
  readonly environment: Environment;
}
