import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { parseHubEvent } from "../../../define/schema/event.ts";
import type { HubEvent } from "../../../define/spec.ts";
import { parseJson } from "../../../drivers/http/json.ts";
import { cloudEventMode, eventsIn } from "../../../drivers/http/receive/cloudevents.ts";
import type { Hub, HubPage, PublishResult } from "../../../hub/port.ts";
import { type GatewayEvent, isTraceparent, originsOf } from "../../shared/translation/events.ts";

/** One publication may be this long. Bytes. */
const longestPublication = 4_000_000;
const mostEvents = 1_000;
const longestWaitMs = 30_000;

/** The hub over HTTP: publish in any mode of the CloudEvents HTTP binding, read by cursor. */
export const hubRoutes = (hub: Hub): Hono =>
  new Hono()
    .post("/events", bodyLimit({ maxSize: longestPublication }), async (context) => {
      const body = Buffer.from(await context.req.arrayBuffer());
      const events = readEvents(context.req.header(), body);
      if (typeof events === "string") return context.json({ error: events }, 400);
      const result = await new Promise<PublishResult>((done) => hub.publish(events, done));
      if (result.kind === "published") return context.json({ published: events.length }, 202);
      context.header("retry-after", "5");
      return context.json({ error: result.reason }, 503);
    })
    .get("/events", async (context) => {
      const { after, limit, waitMs } = context.req.query();
      const query = {
        after: after ?? hub.cursorAt("earliest"),
        limit: bounded(limit, 100, mostEvents),
        waitMs: bounded(waitMs, 0, longestWaitMs),
      };
      return context.json(await new Promise<HubPage>((done) => hub.read(query, done)));
    });

const bounded = (text: string | undefined, otherwise: number, most: number): number => {
  const number = Number(text ?? otherwise);
  return Number.isSafeInteger(number) ? Math.min(Math.max(0, number), most) : otherwise;
};

/** The events of a publication; a text that says what is wrong. */
const readEvents = (headers: Record<string, string>, body: Buffer): readonly HubEvent[] | string => {
  const mode = cloudEventMode(headers);
  if (mode === null) return "not a CloudEvent: send application/cloudevents+json, its batch, or ce- headers";
  try {
    const items = eventsIn(mode, headers, body);
    if (typeof items === "string") return items;
    if (items.length > mostEvents) return `at most ${mostEvents} events at once`;
    return items.map(({ text, parsed }) => eventOf(parsed === undefined ? parseJson(text) : parsed.value));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const eventOf = (given: unknown): GatewayEvent => {
  const event = parseHubEvent(given, Date.now());
  if (typeof given !== "object" || given === null) return event;
  const origins = originsOf(given);
  const traceparent = "traceparent" in given ? given.traceparent : undefined;
  return {
    ...event,
    ...(origins.length > 0 && { isthmusorigin: origins.join(",") }),
    ...(isTraceparent(traceparent) && { traceparent }),
  };
};
