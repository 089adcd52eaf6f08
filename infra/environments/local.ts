// Two regions and a witness on this machine, between GitHub and a billing partner with two sites.
import { defineEnvironment } from "isthmus";

export default defineEnvironment({
  platform: "local",
  regions: ["east", "west"],
  connectors: {
    "github-pushes": "partners/github/pushes.ts",
    "billing-invoices": "partners/billing/invoices.ts",
  },
  settings: {
    "billing-url-primary": "http://127.0.0.1:9443",
    "billing-url-secondary": "http://127.0.0.1:9444",
  },
  loopback: ["127.0.0.1:9443", "127.0.0.1:9444"],
});
