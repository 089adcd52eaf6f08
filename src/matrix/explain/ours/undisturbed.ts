import { dutiesAt, type Scene } from "../../scene.ts";
import { list } from "../text.ts";

/** Who acts while every region is well. */
export const actsUndisturbed = (scene: Scene, verb: string): string =>
  scene.regions
    .map((region) => [region, dutiesAt(scene, region)] as const)
    .filter(([, duties]) => duties.length > 0)
    .map(([region, duties]) =>
      duties.length === 1 && duties[0] === region
        ? `${region} ${verb} what it accepted`
        : `${region} ${verb} what ${list(duties)} accepted`,
    )
    .join("; ");
