// Our two regions, and where each listens.
export const regionNames = ["east", "west"] as const;
export type RegionName = (typeof regionNames)[number];
export const otherRegion = (region: RegionName): RegionName => (region === "east" ? "west" : "east");

export interface RegionPorts {
  readonly public: number;
  readonly admin: number;
}
