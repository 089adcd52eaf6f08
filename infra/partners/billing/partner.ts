import { definePartner, setting } from "isthmus";

/** Two sites; what the primary took in its last seconds may be lost when it fails, and is then delivered again. */
export const billing = definePartner({
  name: "billing",
  location: "internet",
  sites: {
    primary: { url: setting("billing-url-primary") },
    secondary: { url: setting("billing-url-secondary") },
  },
  topology: {
    mode: "primary-secondary",
    primary: "primary",
    secondary: "secondary",
    // Short, so that the drill shows a switch while one watches.
    failoverAfter: "3s",
    failback: "manual",
    recoveryPoint: "5s",
  },
});
