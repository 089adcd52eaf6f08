// What people ask of a region and decide in it, over HTTP: the same on every host.
import { Hono } from "hono";
import * as z from "zod";
import type { Decision, DecisionResult, Operator } from "../../core/operator.ts";
import type { Done, ListQuery } from "../../core/ports.ts";
import { DefinitionError } from "../../define/problem.ts";
import { Unsupported } from "../../drivers/unsupported.ts";
import type { ShownEntry } from "./shown.ts";

const mostListed = 1_000;

const deciding = z.object({
  connector: z.string(),
  identities: z.array(z.string()).min(1).max(mostListed),
  person: z.string().min(1),
  reason: z.string().nullable().default(null),
});
const settling = deciding.extend({ as: z.enum(["delivered", "resend"]) });
const listing = z.object({
  connector: z.string().optional(),
  what: z.enum(["faulted", "unknown", "conflict"]).default("faulted"),
  since: z.coerce.number().optional(),
  limit: z.coerce.number().int().min(1).max(mostListed).default(mostListed),
});

/** What was asked for cannot be done. The message says why. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** Whether the caller can mend it. */
export const isTheirs = (error: Error): boolean =>
  error instanceof z.ZodError ||
  error instanceof DefinitionError ||
  error instanceof Unsupported ||
  error instanceof Refused;

export const messageOf = (error: Error): string =>
  error instanceof z.ZodError
    ? error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")
    : error.message;

export interface AdminDesk {
  status(): Promise<object>;
  list(query: ListQuery): Promise<readonly ShownEntry[]>;
  /** By id or whole identity, in every connector. */
  find(id: string): Promise<readonly ShownEntry[]>;
  /** Who decides on entries of a connector; null: it is not here. */
  operatorOf(connector: string): Promise<Operator | null>;
  /** Something was decided, and is to be acted on. */
  decided(connector: string): Promise<void>;
}

export const deskRoutes = (desk: AdminDesk): Hono =>
  new Hono()
    .get("/status", async (context) => context.json(await desk.status()))
    .get("/faults", async (context) =>
      context.json({ entries: await desk.list(queryOf(listing.parse(context.req.query()))) }),
    )
    .get("/unknown", async (context) =>
      context.json({
        entries: await desk.list(queryOf(listing.parse({ ...context.req.query(), what: "unknown" }))),
      }),
    )
    .get("/faults/:id{.+}", async (context) => context.json({ entries: await desk.find(context.req.param("id")) }))
    .get("/where/:id{.+}", async (context) => context.json({ entries: await desk.find(context.req.param("id")) }))
    .route("/", decisionRoutes(desk));

const queryOf = ({ connector, what, since, limit }: z.output<typeof listing>): ListQuery => ({
  what,
  limit,
  ...(connector !== undefined && { connector }),
  ...(since !== undefined && { since }),
});

const decisionRoutes = (desk: AdminDesk): Hono => {
  const decide = async <T extends z.output<typeof deciding>>(
    asked: T,
    run: (operator: Operator, decision: Decision, done: Done<DecisionResult[]>) => void,
  ): Promise<{ results: DecisionResult[] }> => {
    const operator = await desk.operatorOf(asked.connector);
    if (operator === null) throw new Refused(`no connector '${asked.connector}' is here`);
    const results = await new Promise<DecisionResult[]>((done) => run(operator, asked, done));
    await desk.decided(asked.connector);
    return { results };
  };
  return new Hono()
    .post("/faults/resubmit", async (context) => {
      const asked = deciding.parse(await context.req.json());
      const { connector, identities } = asked;
      return context.json(
        await decide(asked, (operator, by, done) => operator.resubmit(connector, identities, by, done)),
      );
    })
    .post("/faults/discard", async (context) => {
      const asked = deciding.parse(await context.req.json());
      const { connector, identities } = asked;
      return context.json(
        await decide(asked, (operator, by, done) => operator.discard(connector, identities, by, done)),
      );
    })
    .post("/unknown/settle", async (context) => {
      const asked = settling.parse(await context.req.json());
      const { connector, identities, as } = asked;
      return context.json(
        await decide(asked, (operator, by, done) => operator.settleUnknown(connector, identities, as, by, done)),
      );
    });
};
