// The environment of the example with everything that may be asked for beside: a domain, fixed addresses, private endpoints, alarms that
// reach people.
import { defineEnvironment } from "isthmus";
import aws from "../../environments/aws.ts";

export default defineEnvironment({
  ...aws,
  connectors: {
    ...aws.connectors,
    "bank-payments": "test-support/full/payments.ts",
    "ledger-entries": "test-support/full/ledger.ts",
  },
  zone: "Z0123456789ABC",
  domains: { "active-active": "events.example.com", "primary-secondary": "events-ps.example.com" },
  privateEndpoints: true,
  alarmTopics: {
    "us-east-1": "arn:aws:sns:us-east-1:123456789012:on-call",
    "us-west-2": "arn:aws:sns:us-west-2:123456789012:on-call",
  },
});
