// The partner polls us.

import { defineConnector, definePartner, http, secret } from "isthmus";
import * as z from "zod";
export const insurer = definePartner({ name: "insurer", location: "internet" });
export default defineConnector({
  partner: insurer,
  via: http.feed({
    readers: {
      underwriting: { scheme: "bearer", token: secret("insurer-underwriting") },
      claims: { scheme: "jwt", issuer: "https://login.insurer.example", audience: "acme-feed" },
    },
    retention: "30d",
  }),
  events: { "policy.issued": z.object({ policy: z.string(), holder: z.string(), premiumMinor: z.int() }) },
  personal: ["/data/holder"],
  startFrom: "earliest",
  translate: ({ data }) => ({
    type: "com.acme.policy.issued.v1",
    data: { policyNumber: data.policy, premium: data.premiumMinor / 100 },
  }),
});
