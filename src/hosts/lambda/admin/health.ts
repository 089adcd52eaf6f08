import { type Context, Hono } from "hono";
import { httpAnswers } from "../../../define/policy.ts";
import type { HealthAnswer } from "../../shared/health.ts";
import type { RegionHealth } from "../runtime/health.ts";

/** How the region is, for whoever may ask it: a gateway without a receiver has no public address that tells. */
export const healthRoutes = (health: RegionHealth): Hono => {
  const said = (context: Context, answer: HealthAnswer): Response =>
    context.json(answer, answer.well ? 200 : httpAnswers.unavailable);
  return new Hono()
    .get("/accept", async (context) => said(context, await health.accept(true)))
    .get("/act", async (context) => said(context, await health.act()));
};
