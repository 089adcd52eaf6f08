// The paths of each region, to and from it: each can be broken apart from the others.
import { Path, type Rule } from "./path.ts";

export interface Paths {
  /** To the partner's sites. */
  readonly toPartner: Path;
  /** To the other region, and to the witness. */
  readonly toPeer: Path;
  readonly toWitness: Path;
  /** From the partner, and from systems of ours. */
  readonly fromPartner: Path;
  readonly fromOurs: Path;
}

const pathsOf = (): Paths => ({
  toPartner: new Path("caller"),
  toPeer: new Path("caller"),
  toWitness: new Path("caller"),
  fromPartner: new Path("called"),
  fromOurs: new Path("called"),
});

export class RegionPaths<R extends string> {
  readonly #paths: ReadonlyMap<R, Paths>;

  constructor(regions: readonly R[]) {
    this.#paths = new Map(regions.map((region) => [region, pathsOf()]));
  }

  of(region: R): Paths {
    const paths = this.#paths.get(region);
    if (paths === undefined) throw new Error(`no paths lead to or from ${region}`);
    return paths;
  }

  /** The link between a region and the partner, both ways. */
  link(region: R, rule: Rule): void {
    this.of(region).toPartner.rule = rule;
    this.of(region).fromPartner.rule = rule;
  }

  /** Between the regions, both ways. */
  peers(rule: Rule): void {
    for (const { toPeer } of this.#paths.values()) toPeer.rule = rule;
  }

  /** All of one region's own. */
  all(region: R, rule: Rule): void {
    const paths: readonly Path[] = Object.values(this.of(region));
    for (const path of paths) path.rule = rule;
  }

  close(): void {
    for (const paths of this.#paths.values()) for (const path of Object.values<Path>({ ...paths })) path.close();
  }
}
