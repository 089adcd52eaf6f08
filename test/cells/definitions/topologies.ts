// Both topologies of a partner. Timings are short, so that a drill sees a switch and the way back. Sites: `a` is the primary.
export const primarySecondary = {
  mode: "primary-secondary",
  primary: "a",
  secondary: "b",
  failoverAfter: "3s",
  failback: { stableFor: "3s" },
  recoveryPoint: "2s",
} as const;
export const activeActive = { mode: "active-active", recoveryPoint: "2s" } as const;
