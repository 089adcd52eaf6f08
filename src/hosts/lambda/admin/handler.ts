// What people and deployments ask of a region on Lambda: the routes of the local platform's regions, behind IAM.
import { Hono } from "hono";
import file from "../../../../package.json" with { type: "json" };
import { invokeLater } from "../../../aws/functions.ts";
import { deskRoutes, isTheirs, messageOf } from "../../shared/admin-routes.ts";
import { answered, type HttpAnswer, inboundOf } from "../accept/http-event.ts";
import { adminConfig } from "../config.ts";
import { RegionHealth } from "../runtime/health.ts";
import { clientOf, configOf, type Handler, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { connectorRoutes } from "./connectors.ts";
import { Desk } from "./desk.ts";
import { Draining } from "./draining.ts";
import { healthRoutes } from "./health.ts";
import { journalsOf } from "./journals.ts";

/** Longest body: a thousand identities. Bytes. */
const longestBody = 1_000_000;

export const adminHandler = (surroundings: Surroundings): Handler<HttpAnswer> => {
  let app: Hono | null = null;
  return async (event) => {
    const inbound = inboundOf(event, longestBody);
    if (inbound.kind === "too-large") return answered(413, '{"error":"the body is too large"}');
    app ??= adminApp(surroundings);
    const { method, url, body } = inbound.request;
    const hasBody = method !== "GET" && body.length > 0;
    const response = await app.request(url, {
      method,
      ...(hasBody && { body: body.toString("utf8"), headers: { "content-type": "application/json" } }),
    });
    return answered(response.status, await response.text());
  };
};

const adminApp = (surroundings: Surroundings): Hono => {
  const { variables, clock, log } = surroundings;
  const config = configOf(adminConfig, variables);
  const { environment, mode, region } = config;
  const client = clientOf(surroundings, config);
  const id = variables.AWS_LAMBDA_LOG_STREAM_NAME ?? "admin";
  const { regionalTable, journalOf } = journalsOf(surroundings, config, client);
  const wake = async (connector: string): Promise<void> => {
    const name = config.connectors[connector]?.dispatchFunction;
    // The keeper has it look within a minute all the same.
    if (name !== undefined) await invokeLater(client, { region, name });
  };
  const desk = new Desk({ config, clock, regionalTable, id, journalOf, wake });
  const draining = new Draining(regionalTable);
  const app = new Hono();
  app.onError((error, context) => {
    const status = isTheirs(error) ? 400 : 500;
    if (status === 500) log.error("an admin call failed", { path: context.req.path, error: error.message });
    return context.json({ error: messageOf(error) }, status);
  });
  app.get("/admin/info", (context) =>
    context.json({ environment, mode, region, pid: process.pid, processId: id, version: file.version, incarnation: 0 }),
  );
  app.route("/health", healthRoutes(new RegionHealth({ region, regionalTable, clock })));
  app.route("/admin", deskRoutes(desk));
  app.route("/admin/connectors", connectorRoutes({ config, desk, draining, journalOf }));
  return app;
};

export const handler = adminHandler(onLambda);
