// The emulated regions of an account.
export const regionNames = ["us-east-1", "us-west-2"] as const;
export type RegionName = (typeof regionNames)[number];
export const witness = "us-east-2";
export const otherRegion = (region: RegionName): RegionName => (region === "us-east-1" ? "us-west-2" : "us-east-1");

/** The loopback addresses that calls of the regions to partners come from. */
export const addresses: Readonly<Record<RegionName, string>> = { "us-east-1": "127.0.3.1", "us-west-2": "127.0.3.2" };
