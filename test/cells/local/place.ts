// Where a run of the cell drills stands: its stacks, folders, ports and what its stacks are told.
import { join } from "node:path";
import type { Mode } from "../../../connectors/platforms/mode.ts";
import { projectRoot } from "../../../scripts/deploy/backend.ts";
import type { StackRequest } from "../../../scripts/deploy/deploy.ts";
import type { RegionName } from "../network/regions.ts";
import { type SiteName, siteNames } from "../partner/replicas.ts";
import type { Secrets } from "../platform.ts";
import { type TheirName, theirNames } from "../roles.ts";
import { makeSecrets, usedSecrets } from "../secrets.ts";
import type { LocalNetwork } from "./network.ts";

/** From the environment's first port to the addresses that the definitions name; nothing listens there. */
const sitesOffset = 250;
const settingsOffset: Readonly<Record<TheirName, number>> = { ps: 0, aa: 2 };
const environmentFile = "../test/cells/local/environment.ts";

export class Place {
  readonly basePort: number;
  readonly environment: string;
  /** The folder of the backend and of all state. */
  readonly home: string;
  readonly secrets: Secrets = makeSecrets();

  constructor(basePort: number) {
    this.basePort = basePort;
    this.environment = basePort === defaultBasePort ? "preview-cells" : `preview-cells-${basePort}`;
    this.home = join(projectRoot, ".isthmus", this.environment);
  }

  /** The port that the definitions name for a site of the partner; a region's proxy knows where that is. */
  sitePort(theirs: TheirName, site: SiteName): number {
    return this.basePort + sitesOffset + settingsOffset[theirs] + siteNames.indexOf(site);
  }

  stack(mode: Mode, region: RegionName): string {
    return `${this.environment}.${region}.${mode}`;
  }

  /** What the regions share. */
  global(): StackRequest {
    const sites = theirNames.flatMap((theirs) => siteNames.map((site) => [theirs, site] as const));
    return {
      stack: `${this.environment}.global`,
      config: {
        environment: environmentFile,
        basePort: this.basePort,
        loopback: sites.map(([theirs, site]) => `127.0.0.1:${this.sitePort(theirs, site)}`),
        settings: Object.fromEntries(
          sites.map(([theirs, site]) => [`cells-${theirs}-${site}`, `http://127.0.0.1:${this.sitePort(theirs, site)}`]),
        ),
      },
      secrets: usedSecrets(this.secrets, "http"),
    };
  }

  /** What a region's stack is told. */
  region(region: RegionName, network: LocalNetwork): StackRequest["config"] {
    return { environment: environmentFile, outboundProxy: network.proxy(region) };
  }
}

export const defaultBasePort = 7_800;
