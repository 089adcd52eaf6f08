// Two regions on AWS and a witness in a third, between five partners.
import { defineEnvironment } from "isthmus";

export default defineEnvironment({
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  connectors: {
    "github-pushes": "partners/github/pushes.ts",
    "billing-usage": "partners/billing/usage.ts",
    "erp-customers": "partners/erp/customers.ts",
    "insurer-policies": "partners/insurer/policies.ts",
    "sensors-readings": "partners/sensors/readings.ts",
  },
  settings: {
    "billing-url-primary": "https://a.billing.example",
    "billing-url-secondary": "https://b.billing.example",
    "erp-url-primary": "https://a.erp.example",
    "erp-url-standby": "https://b.erp.example",
    "sensors-url-eu": "https://eu.sensors.example",
    "sensors-url-us": "https://us.sensors.example",
  },
});
