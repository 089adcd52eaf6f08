import { definePartner, secret, setting } from "isthmus";

/** Two sites that both work; either may lose its last minute when it fails. */
export const sensors = definePartner({
  name: "sensors",
  location: "internet",
  auth: { kind: "bearer", token: secret("sensors-token") },
  sites: { eu: { url: setting("sensors-url-eu") }, us: { url: setting("sensors-url-us") } },
  topology: { mode: "active-active", recoveryPoint: "1m" },
});
