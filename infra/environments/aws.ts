// Two regions on AWS and a witness in a third, between six partners.
import { defineEnvironment } from "isthmus";

export default defineEnvironment({
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  connectors: {
    "github-pushes": "partners/github/pushes.ts",
    "billing-usage": "partners/billing/usage.ts",
    "erp-customers": "partners/erp/customers.ts",
    "marketplace-orders": "partners/marketplace/orders.ts",
    "insurer-policies": "partners/insurer/policies.ts",
    "sensors-readings": "partners/sensors/readings.ts",
  },
  settings: {
    "billing-url-primary": "https://a.billing.example",
    "billing-url-secondary": "https://b.billing.example",
    "erp-url-primary": "https://a.erp.example",
    "erp-url-standby": "https://b.erp.example",
    "marketplace-queue-ireland": "arn:aws:sqs:eu-west-1:222222222222:orders",
    "marketplace-queue-frankfurt": "arn:aws:sqs:eu-central-1:222222222222:orders",
    "marketplace-role": "arn:aws:iam::222222222222:role/isthmus-reads-orders",
    "marketplace-external-id": "isthmus-orders",
    "sensors-url-eu": "https://eu.sensors.example",
    "sensors-url-us": "https://us.sensors.example",
  },
});
