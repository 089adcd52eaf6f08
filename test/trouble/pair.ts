// Two regions and a witness with a connector of every role, and everybody around them.
import { expect } from "vitest";
import { Market } from "../../src/hosts/node/test-support/market.ts";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { patience, publishEvents, shop, statusOf } from "./office.ts";

const token = "token-of-claims";

/** A reader that keeps its cursor, and what it read. */
export class Reader {
  readonly ids: string[] = [];
  #cursor: string | null = null;

  /** Reads one page at a region; what goes wrong reads nothing. */
  async read(gateway: Gateway): Promise<void> {
    const query = this.#cursor === null ? "from=earliest" : `cursor=${this.#cursor}`;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${gateway.publicUrl}/orders-feed?${query}`, { headers }).catch(() => null);
    if (response?.status !== 200) return;
    const events = (await response.json()) as { id: string }[];
    this.ids.push(...events.map(({ id }) => id));
    this.#cursor = response.headers.get("isthmus-cursor");
  }
}

export class Pair {
  readonly world: World;
  readonly market: Market;

  private constructor(world: World, market: Market) {
    this.world = world;
    this.market = market;
  }

  /** @param prepare before the processes start */
  static async make(prepare: (world: World) => void = () => {}): Promise<Pair> {
    const market = new Market();
    await market.open();
    const world = await World.make(["east", "west"], [market.address]);
    prepare(world);
    await world.start();
    const pair = new Pair(world, market);
    for (const gateway of [pair.east, pair.west]) await pair.#deploy(gateway);
    return pair;
  }

  get east(): Gateway {
    return this.world.gateway("east");
  }

  get west(): Gateway {
    return this.world.gateway("west");
  }

  get witness(): Gateway {
    return this.world.gateway("witness");
  }

  /** Orders that the warehouse took, in order of their names; those that came twice stand there twice. */
  get taken(): readonly string[] {
    return [...this.world.warehouse.orders].sort();
  }

  /** Gives an order until it is accepted. */
  async place(gateway: Gateway, ...orders: readonly string[]): Promise<void> {
    for (const order of orders) {
      await expect
        .poll(async () => (await gateway.give(order, { order }).catch(() => null))?.status, patience)
        .toBe(202);
    }
  }

  /** Publishes an order at a region's hub, as a service of ours. */
  async publish(gateway: Gateway, ...orders: readonly string[]): Promise<void> {
    const events = orders.map((order) => ({
      specversion: "1.0",
      id: order,
      source: "/clerk",
      type: "order.placed",
      partitionkey: order,
      data: { order, note: "published" },
    }));
    expect((await publishEvents(gateway, events)).status).toBe(202);
  }

  /** Who acts for each region, as one of them knows; null: nobody. */
  async holders(gateway: Gateway): Promise<Record<string, string | null>> {
    const { duties } = await statusOf(gateway);
    return Object.fromEntries(duties.map(({ region, holder }) => [region, holder]));
  }

  /** Both act, each for itself. */
  async acts(): Promise<void> {
    for (const gateway of [this.east, this.west]) {
      await expect.poll(() => this.holders(gateway), patience).toEqual({ east: "east", west: "west" });
    }
  }

  async end(): Promise<void> {
    await this.world.end();
    this.market.close();
  }

  async #deploy(gateway: Gateway): Promise<void> {
    const settings = { warehouse: `http://${this.world.warehouse.address}`, market: `http://${this.market.address}` };
    const secrets = { ...shop, claims: [token], audit: ["token-of-audit"] };
    for (const name of ["orders-out", "orders-feed", "orders-in", "orders-poll"]) {
      expect(await gateway.deploy(name, name, { settings, secrets }), gateway.log).toMatchObject({ status: 200 });
    }
  }
}
