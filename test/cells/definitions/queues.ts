// What the connectors of queues and buses share: a partner in both topologies, each site in a region of its own.
import { definePartner } from "isthmus";
import { roleArn, theirRegions } from "../partner/queues/names.ts";
import { activeActive, primarySecondary } from "./topologies.ts";

export const ps = definePartner({
  name: "cells-ps",
  location: "same-cloud",
  sites: { a: { region: theirRegions.ps.a }, b: { region: theirRegions.ps.b } },
  topology: primarySecondary,
});

export const aa = definePartner({
  name: "cells-aa",
  location: "same-cloud",
  sites: { a: { region: theirRegions.aa.a }, b: { region: theirRegions.aa.b } },
  topology: activeActive,
});

/** A region that is alone goes on. Neither a queue nor a bus keeps an order. */
export const common = { durability: "replicated", whenAlone: "accept" } as const;
export const role = roleArn;
