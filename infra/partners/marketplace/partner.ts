import { definePartner } from "isthmus";

/** Two regions of theirs, each with a queue of its own that holds half of the orders. */
export const marketplace = definePartner({
  name: "marketplace",
  location: "same-cloud",
  sites: { ireland: { region: "eu-west-1" }, frankfurt: { region: "eu-central-1" } },
  topology: { mode: "active-active", recoveryPoint: "0s" },
});
