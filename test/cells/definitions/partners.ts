// One partner in both topologies.
import { definePartner, setting } from "isthmus";
import { activeActive, primarySecondary } from "./topologies.ts";

export const ps = definePartner({
  name: "cells-ps",
  location: "same-cloud",
  sites: { a: { url: setting("cells-ps-a") }, b: { url: setting("cells-ps-b") } },
  topology: primarySecondary,
});

export const aa = definePartner({
  name: "cells-aa",
  location: "same-cloud",
  sites: { a: { url: setting("cells-aa-a") }, b: { url: setting("cells-aa-b") } },
  topology: activeActive,
});
