// What was given to the regions of an account, and what their hubs handed on.
import { expect } from "vitest";
import { type RegionName, regionNames } from "../emulation/regions.ts";
import type { Account } from "./account.ts";

const patience = { timeout: 60_000, interval: 200 };

export class Judge {
  /** Ids of what was acknowledged. */
  readonly acknowledged: string[] = [];
  /** Each as often as it was handed on, with the region whose hub did. */
  readonly taken: { readonly id: string; readonly region: RegionName }[] = [];
  readonly #account: Account;
  readonly #regions: () => readonly RegionName[];
  #count = 0;

  constructor(account: Account, regions: () => readonly RegionName[] = () => regionNames) {
    this.#account = account;
    this.#regions = regions;
  }

  /** Gives messages one after the other, each until it is acknowledged. @returns their ids */
  async give(region: RegionName, count: number): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, () => {
      this.#count += 1;
      return `${region}-${this.#count}`;
    });
    for (const id of ids) {
      await expect.poll(() => this.#account.functions(region).give(id), patience).toBe(202);
      this.acknowledged.push(id);
    }
    return ids;
  }

  /** Waits until all that was acknowledged was handed on. */
  async settled(): Promise<void> {
    await expect.poll(() => this.#look(), patience).toEqual(new Set(this.acknowledged));
  }

  /** Ids of what was handed on, each as often as it was. */
  get ids(): readonly string[] {
    return this.taken.map(({ id }) => id).sort();
  }

  async #look(): Promise<ReadonlySet<string>> {
    for (const region of this.#regions()) {
      this.taken.push(...(await this.#account.taken(region)).map((id) => ({ id, region })));
    }
    return new Set(this.ids);
  }
}
