// IoT vendor: numbered per device, arrives out of order, gaps are filled by a poll of the same partner.

import { defineConnector, definePartner, http, secret } from "isthmus";
import * as z from "zod";
export const sensors = definePartner({
  name: "sensors",
  location: "internet",
  sites: { eu: { url: "https://eu.sensors.example" }, us: { url: "https://us.sensors.example" } },
  topology: { mode: "active-active", recoveryPoint: "1m" },
  auth: { kind: "bearer", token: secret("sensors-token") },
});
const message = z.object({ device: z.string(), n: z.int(), at: z.iso.datetime(), celsius: z.number() });
const events = { "temperature.measured": z.object({ device: z.string(), celsius: z.number() }) };
type Reading = z.output<typeof message>;
const id = ({ body }: { body: Reading }) => `${body.device}/${body.n}`;
const translate = ({ body }: { body: Reading }) =>
  ({
    type: "temperature.measured",
    partitionkey: body.device,
    time: body.at,
    data: { device: body.device, celsius: body.celsius },
  }) as const;

export const readings = defineConnector({
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
  message,
  events,
  id,
  translate,
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
  },
  ordering: "latest",
});
