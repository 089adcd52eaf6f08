import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as z from "zod";
import type { Journal } from "../../../core/ports.ts";
import { journalParts } from "../../../core/records.ts";
import type { Region } from "../../../core/region.ts";
import { type AdminDesk, deskRoutes, Refused } from "../../shared/admin-routes.ts";
import { countsOf, discardAll, heldIn, isHeld, type Share } from "../../shared/removal.ts";
import type { ConnectorRuntime } from "../connectors/runtime.ts";
import { digestOf } from "../connectors/store.ts";
import type { Inspector } from "../inspector.ts";

/** Longest deployment. Bytes. */
const longestDeployment = 16_000_000;

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "lower-case letters, digits and '-', beginning with a letter, at most 63");
const deployment = z.object({
  bundle: z.string().min(1),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  settings: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string(), z.array(z.string())).default({}),
  paused: z.boolean().default(false),
});
export interface AdminPorts {
  readonly region: Region;
  readonly journal: Journal;
  readonly connectors: ConnectorRuntime;
  readonly inspector: Inspector;
}

/** What people and deployments ask of a running region. */
export const adminRoutes = (ports: AdminPorts): Hono =>
  new Hono().route("/", deskRoutes(deskOf(ports))).route("/connectors", connectorRoutes(ports));

const deskOf = ({ inspector, connectors, region }: AdminPorts): AdminDesk => ({
  status: () => inspector.status(),
  list: (query) => inspector.list(query),
  find: (id) => inspector.find(id),
  operatorOf: async (connector) => (connectors.get(connector) === undefined ? null : region.operator),
  decided: async () => undefined,
});

/** Own journals, those that this region acts for, and those of regions that are silent: others hand on the rest. */
const shareOf = (region: Region): Share => {
  const { peers } = region.status();
  return (journal) => {
    const { region: home } = journalParts(journal);
    return home === region.config.region || region.acts(home) || peers[home]?.reachable !== true;
  };
};

const connectorRoutes = ({ region, journal, connectors }: AdminPorts): Hono => {
  return readRoutes(journal, connectors)
    .put("/:name", bodyLimit({ maxSize: longestDeployment }), async (context) => {
      if (!region.begun) return context.json({ error: "the region is starting" }, 503);
      const deployed = deployment.parse(await context.req.json());
      if (digestOf(deployed.bundle) !== deployed.digest) throw new Refused("digest: not the SHA-256 of the bundle");
      await connectors.put(name.parse(context.req.param("name")), deployed).catch((error: unknown) => {
        // Whatever the bundle's code does wrong is its author's to mend.
        throw new Refused(error instanceof Error ? error.message : String(error));
      });
      return context.json({ digest: deployed.digest });
    })
    .delete("/:name", async (context) => {
      const asked = context.req.param("name");
      const connector = connectors.get(asked);
      if (connector === undefined) return context.json({ error: "no such connector" }, 404);
      const discards = context.req.query("discard") === "true";
      const share = shareOf(region);
      const held = () => isHeld(journal, asked, share);
      if (!discards && (await held())) return context.json({ counts: heldIn(journal.ledger(asked)) }, 409);
      await connectors.pause(asked);
      const counts = heldIn(journal.ledger(asked));
      // Something was accepted until a moment ago.
      if (!discards && (await held())) {
        await connectors.resume(asked, connector.draining);
        return context.json({ counts }, 409);
      }
      if (discards) await discardAll(journal, region.operator, asked, share);
      await connectors.remove(asked);
      return context.json({ counts });
    })
    .post("/:name/drain", (context) => {
      const asked = context.req.param("name");
      if (connectors.get(asked) === undefined) return context.json({ error: "no such connector" }, 404);
      connectors.drain(asked);
      return context.json({ counts: countsOf(journal.ledger(asked)) }, 202);
    });
};

const readRoutes = (journal: Journal, connectors: ConnectorRuntime): Hono =>
  new Hono()
    .get("/", (context) =>
      context.json({
        connectors: [...connectors.all()].map(([each, { digest, role }]) => ({ name: each, digest, role })),
      }),
    )
    .get("/:name", (context) => {
      const asked = context.req.param("name");
      const connector = connectors.get(asked);
      if (connector === undefined) return context.json({ error: "no such connector" }, 404);
      const { digest, role, paused, draining } = connector;
      return context.json({ digest, role, paused, draining, counts: countsOf(journal.ledger(asked)) });
    });
