// One partner in both topologies. Timings are short, so that a drill sees a switch and the way back.
import { definePartner, setting } from "isthmus";

/** Sites: `a` is the primary. */
export const ps = definePartner({
  name: "cells-ps",
  location: "same-cloud",
  sites: { a: { url: setting("cells-ps-a") }, b: { url: setting("cells-ps-b") } },
  topology: {
    mode: "primary-secondary",
    primary: "a",
    secondary: "b",
    failoverAfter: "3s",
    failback: { stableFor: "3s" },
    recoveryPoint: "2s",
  },
});

export const aa = definePartner({
  name: "cells-aa",
  location: "same-cloud",
  sites: { a: { url: setting("cells-aa-a") }, b: { url: setting("cells-aa-b") } },
  topology: { mode: "active-active", recoveryPoint: "2s" },
});
