// Create returns their number, later calls come back with it: reply and correlation.

import { defineConnector, definePartner, http, secret, setting } from "isthmus";
import * as z from "zod";

export const servicenow = definePartner({
  name: "servicenow",
  location: "internet",
  sites: {
    instance: {
      url: setting("servicenow-url"),
      auth: { kind: "basic", user: "isthmus", password: secret("servicenow-password") },
    },
  },
  rate: { limit: 10, per: "1s" },
});

const Created = z.object({ result: z.object({ number: z.string() }) });

export const incidents = defineConnector({
  partner: servicenow,
  via: http.send({ responses: { 403: "fault" } }),
  events: {
    "incident.raised": z.object({ incident: z.string(), title: z.string(), severity: z.enum(["1", "2", "3"]) }),
  },
  ordering: "key",
  idempotency: "none",
  onUnknown: {
    request: (event) => ({
      method: "GET",
      path: "/api/now/table/incident",
      query: { correlation_id: event.id, sysparm_fields: "number", sysparm_limit: "1" },
    }),
    found: ({ status, body }) => (status === 200 ? JSON.stringify(body).includes("number") : "unknown"),
  },
  reply: {
    events: { "incident.numbered": z.object({ incident: z.string(), number: z.string() }) },
    translate: ({ body }, event) => ({
      type: "incident.numbered",
      correlationid: event.id,
      data: { incident: event.data.incident, number: Created.parse(body).result.number },
    }),
  },
  translate: (event) => ({
    path: "/api/now/table/incident",
    body: { correlation_id: event.id, short_description: event.data.title, urgency: event.data.severity },
  }),
});

export const resolutions = defineConnector({
  partner: servicenow,
  via: http.poll({
    path: "/api/now/table/incident",
    every: "1m",
    items: "/result",
    cursor: { kind: "since", query: "sysparm_query", field: "/sys_updated_on", overlap: "5m" },
    acrossSites: "rewind",
  }),
  message: z.object({ sys_id: z.string(), sys_mod_count: z.string(), correlation_id: z.string(), state: z.string() }),
  events: { "incident.resolved": z.object({ incident: z.string() }) },
  id: ({ body }) => `${body.sys_id}.${body.sys_mod_count}`,
  translate: ({ body }) =>
    body.state === "6"
      ? {
          type: "incident.resolved",
          partitionkey: body.sys_id,
          correlationid: body.correlation_id,
          data: { incident: body.sys_id },
        }
      : null,
});
