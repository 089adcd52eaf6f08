import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { PullReply, PullRequest, Voter, VoterReply } from "../../../core/ports.ts";
import { isTheirs, messageOf } from "../../shared/admin-routes.ts";
import type { HostConfig } from "../config.ts";
import type { Logger } from "../log.ts";
import { cut, parsePullRequest, parseVoterRequest } from "../peers/messages.ts";
import { version } from "../version.ts";
import { bears } from "./token.ts";

/** Longest body of a peer: vectors of all its connectors. Bytes. */
const longestPeerBody = 8_000_000;

export interface AdminServerPorts {
  readonly config: HostConfig;
  readonly processId: string;
  readonly log: Logger;
  readonly voter: Voter | null;
  incarnation(): number;
  /** null for a witness. */
  readonly pull: ((request: PullRequest, done: (reply: PullReply) => void) => void) | null;
  /** What a region has beyond what every process has, below `/admin`. */
  readonly routes: Hono | null;
  readonly metrics: RequestListener | null;
  stop(): void;
}

/** The admin interface and what peers ask: each part behind its own token. */
export const adminListener = (ports: AdminServerPorts): RequestListener => {
  const { config, metrics } = ports;
  const routed = getRequestListener(adminApp(ports).fetch);
  const isAdmin = bears(config.adminToken);
  return (request, response) => {
    if (metrics === null || request.url !== "/metrics") return void routed(request, response);
    if (isAdmin(request.headers.authorization)) return metrics(request, response);
    response.writeHead(401).end();
  };
};

const adminApp = (ports: AdminServerPorts): Hono => {
  const { config, processId, incarnation, routes } = ports;
  const { environment, mode, region } = config;
  const isAdmin = bears(config.adminToken);
  const app = new Hono();
  app.onError((error, context) => {
    const status = isTheirs(error) ? 400 : 500;
    if (status === 500) ports.log.error({ path: context.req.path, error: error.message }, "an admin call failed");
    return context.json({ error: messageOf(error) }, status);
  });
  app.use("/admin/*", async (context, next) =>
    isAdmin(context.req.header("authorization")) ? next() : context.json({ error: "wrong token" }, 401),
  );
  app.get("/admin/info", (context) =>
    context.json({ environment, mode, region, pid: process.pid, processId, version, incarnation: incarnation() }),
  );
  app.post("/admin/stop", (context) => {
    setImmediate(() => ports.stop());
    return context.json({}, 202);
  });
  app.route("/peer", peerRoutes(ports));
  if (routes !== null) app.route("/admin", routes);
  return app;
};

const peerRoutes = ({ config, voter, pull }: AdminServerPorts): Hono => {
  const isPeer = bears(config.peerToken);
  return new Hono()
    .use(async (context, next) =>
      isPeer(context.req.header("authorization")) ? next() : context.json({ error: "wrong token" }, 401),
    )
    .use(bodyLimit({ maxSize: longestPeerBody }))
    .post("/vote", async (context) => {
      const request = parseVoterRequest(await context.req.text());
      if (request === null) return context.json({ error: "not a vote" }, 400);
      if (voter === null) return context.json({ error: "no voter is here" }, 404);
      const reply = await new Promise<VoterReply | null>((done) => voter.request(request, done));
      return reply === null ? context.json({ error: "no answer" }, 503) : context.json(reply);
    })
    .post("/pull", async (context) => {
      const request = parsePullRequest(await context.req.text());
      if (request === null) return context.json({ error: "not a pull" }, 400);
      if (pull === null) return context.json({ error: "a witness has no journals" }, 404);
      return context.json(cut(await new Promise<PullReply>((done) => pull(request, done))));
    });
};
