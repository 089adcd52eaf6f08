// Two regions and a witness without stacks, of one emulator, since none of them is killed: global tables between them, and the
// functions of a receiver, which run here so that each region has a clock of its own.
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { dispatchToHub } from "../../../src/hosts/lambda/dispatch/to-hub.ts";
import { keep } from "../../../src/hosts/lambda/keeper/handler.ts";
import type { Surroundings } from "../../../src/hosts/lambda/runtime/surroundings.ts";
import definition from "../../../src/hosts/node/test-support/definitions/orders-in.ts";
import { nodeClock } from "../../../src/hosts/shared/clock.ts";
import { type RegionName, regionNames, witness } from "../emulation/regions.ts";
import { Replicator } from "../emulation/replicator.ts";
import { shortLease } from "../lambda/keeping.ts";
import { httpCall, invocation, openPlace, type Place, secretValue } from "../lambda/place.ts";
import { json, type Place as Services } from "../ministack/functions.ts";
import { makeTable } from "../ministack/tables.ts";
import { Bus, busName } from "./bus.ts";

const lagMs = 200;
/** Of one call of a function, at most: an engine that has nothing to do ends much sooner. */
const callMs = { keeper: 10_000, engine: 30_000 };
export type Durability = "regional" | "replicated";

/** A region's functions: one after the other, as long as they are let. */
class Functions {
  readonly #surroundings: Surroundings;
  readonly #accept: ReturnType<typeof httpAccept>;
  readonly #parts: Parameters<typeof httpAccept>[0];
  readonly #running = new Map<"keeper" | "engine", { ended: boolean; readonly calls: Promise<void> }>();

  constructor(surroundings: Surroundings, durability: Durability) {
    this.#surroundings = surroundings;
    this.#parts = { definition: { ...definition, durability }, driver: { receive } };
    this.#accept = httpAccept(this.#parts, surroundings);
  }

  run(...which: readonly ("keeper" | "engine")[]): void {
    for (const one of which) {
      const call = one === "keeper" ? keep(this.#surroundings) : dispatchToHub(this.#parts, this.#surroundings);
      const running = { ended: false, calls: Promise.resolve() };
      const calls = async (): Promise<void> => {
        while (!running.ended) await call({}, invocation(callMs[one]));
      };
      running.calls = calls();
      this.#running.set(one, running);
    }
  }

  /** No further call begins. Ends with the one that runs. */
  async end(...which: readonly ("keeper" | "engine")[]): Promise<void> {
    await Promise.all(
      which.map(async (one) => {
        const running = this.#running.get(one);
        if (running === undefined) return;
        running.ended = true;
        await running.calls;
        this.#running.delete(one);
      }),
    );
  }

  /** Status of the answer. */
  async give(id: string): Promise<number> {
    const { statusCode } = await this.#accept(httpCall(id, JSON.stringify({ order: id })), invocation());
    return statusCode;
  }
}

export interface AccountOptions {
  readonly durability: Durability;
  /** Where functions and what only the region has are deployed. Default: everywhere. */
  readonly deployed?: readonly RegionName[];
  /** How far a region's clock is ahead of the true time. Milliseconds. */
  readonly skewMs?: Readonly<Partial<Record<RegionName, number>>>;
}

interface Region {
  readonly bus: Bus;
  readonly functions: Functions;
}

export class Account {
  readonly #options: AccountOptions;
  readonly #first: Place;
  readonly #replicator: Replicator;
  readonly #regions = new Map<RegionName, Region>();

  private constructor(options: AccountOptions, first: Place) {
    this.#options = options;
    this.#first = first;
    const regions = Object.fromEntries(regionNames.map((name) => [name, first.aws.url]));
    this.#replicator = new Replicator({ regions, tables: ["connector", "gateway"], lagMs });
  }

  static async open(options: AccountOptions): Promise<Account> {
    const account = new Account(options, await openPlace());
    // What the global stack makes, beside what there is in the first region.
    await makeTable(account.#services(witness), "regional");
    const west = account.#services("us-west-2");
    for (const table of ["connector", "gateway"]) await makeTable(west, table);
    const secret = { Name: "gate/shop", SecretString: secretValue };
    await json(west, "secretsmanager", "1.1", "secretsmanager.CreateSecret", secret);
    account.#replicator.run();
    for (const region of options.deployed ?? regionNames) await account.deploy(region);
    return account;
  }

  /** What the stack of a region makes. Nothing runs yet. */
  async deploy(region: RegionName): Promise<void> {
    const services = this.#services(region);
    const isFirst = region === this.#first.aws.region;
    if (!isFirst) await makeTable(services, "regional");
    const bus = await Bus.open(services, isFirst);
    const functions = new Functions(this.#surroundings(region), this.#options.durability);
    this.#regions.set(region, { bus, functions });
  }

  /** @throws where it is not deployed */
  functions(region: RegionName): Functions {
    return this.#of(region).functions;
  }

  /** Ids of what a region's hub handed on since it was last asked. @throws where it is not deployed */
  taken(region: RegionName): Promise<readonly string[]> {
    return this.#of(region).bus.taken();
  }

  stopReplication(): void {
    for (const region of regionNames) this.#replicator.cut(region);
  }

  resumeReplication(): void {
    this.#replicator.heal();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#regions.values()].map(({ functions }) => functions.end("keeper", "engine")));
    this.#replicator.stop();
    await this.#first.aws.kill();
  }

  #services(region: string): Services {
    return { url: this.#first.aws.url, region };
  }

  #of(region: RegionName): Region {
    const found = this.#regions.get(region);
    if (found === undefined) throw new Error(`region ${region} is not deployed`);
    return found;
  }

  #surroundings(region: RegionName): Surroundings {
    const skewMs = this.#options.skewMs?.[region] ?? 0;
    const config = {
      ...this.#first.config({ region, regions: [...regionNames], witness, lease: shortLease, busName }),
      endpoints: Object.fromEntries([...regionNames, witness].map((name) => [name, this.#first.aws.url])),
      // A keeper's, which takes no notice of the rest.
      keeperFunction: "keeper",
      connectors: { orders: { role: "receive", table: "connector", dispatchFunction: "orders-dispatch" } },
    };
    const surroundings = this.#first.surroundings();
    return {
      ...surroundings,
      variables: { ...surroundings.variables, ISTHMUS: JSON.stringify(config) },
      clock: { ...nodeClock, wallMs: () => nodeClock.wallMs() + skewMs },
    };
  }
}
