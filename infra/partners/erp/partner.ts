import { definePartner, secret, setting } from "isthmus";

/** A primary and a standby that is a few seconds behind. */
export const erp = definePartner({
  name: "erp",
  location: "internet",
  auth: { kind: "api-key", header: "x-api-key", key: secret("erp-key") },
  sites: { primary: { url: setting("erp-url-primary") }, standby: { url: setting("erp-url-standby") } },
  topology: {
    mode: "primary-secondary",
    primary: "primary",
    secondary: "standby",
    failoverAfter: "3s",
    failback: "manual",
    recoveryPoint: "5s",
  },
  rate: { limit: 10, per: "1s" },
});
