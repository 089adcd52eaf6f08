import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { Hub } from "../../../hub/port.ts";
import type { Health } from "../../shared/health.ts";
import type { Deployed } from "../connectors/deployed.ts";
import type { AcceptHandler } from "./accept.ts";
import { leave } from "./answers.ts";
import type { FeedHandler } from "./feeds.ts";
import { hubRoutes } from "./hub-routes.ts";
import { bears } from "./token.ts";

export interface PublicPorts {
  readonly accept: AcceptHandler;
  readonly feeds: FeedHandler;
  readonly hub: Hub;
  /** For our own services, which use the hub. */
  readonly hubToken: string;
  readonly health: Health;
  connector(name: string): Deployed | undefined;
}

/** Partners' calls have one segment and go straight to their path; the rest is routed. */
export const publicListener = (ports: PublicPorts): RequestListener => {
  const routed = getRequestListener(routes(ports).fetch);
  return (request, response) => {
    if (request.url?.includes("/", 1) === true) void routed(request, response);
    else partnerCall(ports, request, response);
  };
};

const routes = ({ hub, hubToken, health }: PublicPorts): Hono => {
  const mayUseHub = bears(hubToken);
  return new Hono()
    .use("/hub/*", async (context, next) =>
      mayUseHub(context.req.header("authorization")) ? next() : context.json({ error: "wrong token" }, 401),
    )
    .route("/hub", hubRoutes(hub))
    .get("/health/accept", async (context) => {
      const answer = await health.accept();
      return context.json(answer, answer.well ? 200 : 503);
    })
    .get("/health/act", async (context) => {
      const answer = await health.act();
      return context.json(answer, answer.well ? 200 : 503);
    });
};

/** `/<connector>`: for givers or for readers, by the connector's role. */
const partnerCall = (
  { accept, feeds, connector }: PublicPorts,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const found = connector(nameIn(request.url ?? "/"));
  switch (found?.role) {
    case "receive":
      return accept.handle(found, request, response);
    case "feed":
      return feeds.handle(found, request, response);
    // Nobody calls us for these.
    case "poll":
    case "send":
    case undefined:
      return leave(request, response, 404, '{"error":"no such connector"}');
  }
};

const nameIn = (url: string): string => {
  const end = url.indexOf("?");
  return url.slice(1, end < 0 ? undefined : end);
};
