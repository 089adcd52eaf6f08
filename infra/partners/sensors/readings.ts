// Readings numbered per device. They come out of order, and what never came is read at their API into the same journal.
import { defineConnector, http, secret } from "isthmus";
import * as z from "zod";
import { sensors } from "./partner.ts";

export default defineConnector({
  partner: sensors,
  via: http.receive({
    verify: {
      scheme: "hmac",
      key: secret("sensors-hmac"),
      header: "x-signature",
      algorithm: "sha256",
      encoding: "base64",
      content: ["timestamp", ".", "body"],
      timestamp: { header: "x-timestamp", tolerance: "5m" },
    },
  }),
  message: z.object({ device: z.string(), n: z.int(), at: z.iso.datetime(), celsius: z.number() }),
  // The same for a reading that was pushed and for one that was read: neither is published twice.
  id: ({ body }) => `${body.device}/${body.n}`,
  sequence: ({ body }) => ({ of: body.device, number: body.n }),
  reconcile: {
    when: "gap",
    via: http.poll({
      path: "/v1/readings",
      every: "1m",
      items: "/readings",
      cursor: { kind: "since", query: "since", field: "/at", overlap: "2m" },
      acrossSites: "rewind",
    }),
    // Their list gives a number the name that their pushes give `n`.
    adapt: (item) => listed.parse(item),
  },
  events: { "temperature.measured": z.object({ device: z.string(), celsius: z.number() }) },
  ordering: "latest",
  translate: ({ body: { device, at, celsius } }) => ({
    type: "temperature.measured",
    partitionkey: device,
    time: at,
    data: { device, celsius },
  }),
});

const listed = z
  .object({ device: z.string(), number: z.int(), at: z.iso.datetime(), celsius: z.number() })
  .transform(({ number, ...rest }) => ({ ...rest, n: number }));
