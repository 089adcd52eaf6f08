// Reports that an office sends, each signed with its time.
import * as z from "zod";
import { defineConnector, definePartner, http, secret } from "../../../src/define/index.ts";

/** A test puts other fields here. */
const variant: object = {};

const office = definePartner({ name: "office", location: "internet" });

export default defineConnector({
  partner: office,
  via: http.receive({
    id: "body:/number",
    verify: {
      scheme: "hmac",
      key: secret("office"),
      header: "office-signature",
      algorithm: "sha256",
      encoding: "hex",
      content: ["timestamp", ".", "body"],
      timestamp: { header: "office-time", tolerance: "1m" },
    },
    limit: "10KB",
  }),
  message: z.object({ number: z.string(), text: z.string() }),
  events: { "report.filed": z.object({ number: z.string(), text: z.string() }) },
  translate: ({ body }) => ({ type: "report.filed", partitionkey: body.number, data: body }),
  ...variant,
});
