// Where a run of the drill stands: its stacks, folders and ports. Two runs need two places.
import { join } from "node:path";
import { projectRoot } from "../../scripts/deploy/backend.ts";

export const mode = "active-active";
export const regions = ["east", "west"] as const;

export interface Place {
  readonly environment: string;
  /** The folder of all state of the local platform. */
  readonly home: string;
  /** The ledgers of giver and partner; they stay when everything else is destroyed. */
  readonly ledgers: string;
  /** Of the partner. */
  readonly ports: { readonly primary: number; readonly secondary: number; readonly control: number };
  /** Configuration of the global stack. */
  readonly config: Readonly<Record<string, unknown>>;
}

const home = join(projectRoot, ".isthmus");
const standard: Place = {
  environment: "local",
  home,
  ledgers: join(home, "drill"),
  ports: { primary: 9443, secondary: 9444, control: 9445 },
  config: {},
};
/** From the environment's first port to the partner's: behind the witness, nine regions and the other topology. */
const partnerOffset = 250;

/** Without a first port: the local environment as its file says. With one: a preview environment beside it. */
export function placeAt(basePort: number | null): Place {
  if (basePort === null) return standard;
  const environment = `preview-drill-${basePort}`;
  const first = basePort + partnerOffset;
  const ports = { primary: first, secondary: first + 1, control: first + 2 };
  const [primary, secondary] = [`127.0.0.1:${ports.primary}`, `127.0.0.1:${ports.secondary}`];
  return {
    environment,
    home,
    ledgers: join(home, environment),
    ports,
    config: {
      basePort,
      settings: { "billing-url-primary": `http://${primary}`, "billing-url-secondary": `http://${secondary}` },
      loopback: [primary, secondary],
    },
  };
}

export const stackOf = ({ environment }: Place, region: string): string => `${environment}.${region}.${mode}`;

/** In the order of deploying: what the regions share, then the regions. */
export const stacksOf = (place: Place): readonly string[] => [
  `${place.environment}.global`,
  ...regions.map((region) => stackOf(place, region)),
];
