import { defineConnector, definePartner, pubsub, setting } from "isthmus";
import * as z from "zod";

export const weather = definePartner({ name: "weather", location: "google-cloud" });

export const forecasts = defineConnector({
  partner: weather,
  via: pubsub.receive({ serviceAccount: setting("weather-service-account") }),
  message: z.object({ cell: z.string(), issued: z.iso.datetime(), hours: z.array(z.number()) }),
  events: { "forecast.issued": z.object({ cell: z.string(), hours: z.array(z.number()) }) },
  ordering: "latest",
  translate: ({ body }) => ({
    type: "forecast.issued",
    partitionkey: body.cell,
    time: body.issued,
    data: { cell: body.cell, hours: body.hours },
  }),
});
export const archive = defineConnector({
  partner: weather,
  via: pubsub.poll({ subscription: setting("weather-archive-subscription") }),
  startFrom: { time: "2026-01-01T00:00:00Z" },
  message: z.object({ cell: z.string() }),
  events: { "forecast.archived": z.object({ cell: z.string() }) },
  translate: ({ body }) => ({ type: "forecast.archived", data: body }),
});
