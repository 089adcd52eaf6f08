// Policies for two departments of an insurer, each reading at its own pace from its own place.
import { defineConnector, http, secret } from "isthmus";
import * as z from "zod";
import { insurer } from "./partner.ts";

export default defineConnector({
  partner: insurer,
  via: http.feed({
    readers: {
      underwriting: { scheme: "bearer", token: secret("insurer-underwriting") },
      claims: { scheme: "jwt", issuer: "https://login.insurer.example", audience: "policies" },
    },
    retention: "30d",
  }),
  events: {
    "policy.issued": z.object({ policy: z.string(), holder: z.string(), premiumMinor: z.int() }),
    "policy.quoted": z.object({ policy: z.string() }),
  },
  personal: ["/data/holder"],
  // A department that begins to read a month later gets everything too.
  startFrom: "earliest",
  translate(event) {
    if (event.type === "policy.quoted") return null;
    const { policy, premiumMinor } = event.data;
    return { type: "com.acme.policy.issued.v1", data: { policyNumber: policy, premium: premiumMinor / 100 } };
  },
});
