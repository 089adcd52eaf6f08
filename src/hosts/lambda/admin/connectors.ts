import { Hono } from "hono";
import type { Journal } from "../../../core/ports.ts";
import { journalParts } from "../../../core/records.ts";
import { countsOf, discardAll, heldIn, isHeld, type Share } from "../../shared/removal.ts";
import type { AdminConfig } from "../config.ts";
import type { Desk } from "./desk.ts";
import type { Draining } from "./draining.ts";

export interface ConnectorRoutesPorts {
  readonly config: AdminConfig;
  readonly desk: Desk;
  readonly draining: Draining;
  journalOf(connector: string): Promise<Journal>;
}

const unknown = { error: "no such connector" };

/** What deployments ask of the connectors of a region. They are added and taken away with their functions. */
export const connectorRoutes = (ports: ConnectorRoutesPorts): Hono => {
  const { config, desk, draining, journalOf } = ports;
  const deployed = (name: string): AdminConfig["connectors"][string] | undefined => config.connectors[name];
  return new Hono()
    .get("/", (context) =>
      context.json({
        connectors: Object.entries(config.connectors).map(([name, { digest, role }]) => ({ name, digest, role })),
      }),
    )
    .get("/:name", async (context) => {
      const name = context.req.param("name");
      const connector = deployed(name);
      if (connector === undefined) return context.json(unknown, 404);
      const [journal, told] = await Promise.all([journalOf(name), desk.told()]);
      const { digest, role } = connector;
      const of = told.get(name);
      const paused = of?.published?.paused ?? false;
      const isDraining = of?.draining === digest;
      return context.json({ digest, role, paused, draining: isDraining, counts: countsOf(journal.ledger(name)) });
    })
    .post("/:name/drain", async (context) => {
      const name = context.req.param("name");
      const connector = deployed(name);
      if (connector === undefined) return context.json(unknown, 404);
      await draining.begin(name, connector.digest);
      const journal = await journalOf(name);
      return context.json({ counts: countsOf(journal.ledger(name)) }, 202);
    })
    .delete("/:name", async (context) => {
      const name = context.req.param("name");
      const connector = deployed(name);
      if (connector === undefined) return context.json(unknown, 404);
      const discards = context.req.query("discard") === "true";
      // Nothing more comes in while it is looked what there is.
      await draining.begin(name, connector.digest);
      const journal = await journalOf(name);
      const share = await shareOf(ports, name);
      const counts = heldIn(journal.ledger(name));
      if (!discards && (await isHeld(journal, name, share))) {
        await draining.end(name);
        return context.json({ counts }, 409);
      }
      const operator = await desk.operatorOf(name);
      if (discards && operator !== null) await discardAll(journal, operator, name, share);
      return context.json({ counts });
    });
};

/** Own journals, those that this region acts for, and those of regions that are silent: others hand on the rest. */
const shareOf = async ({ config, desk }: ConnectorRoutesPorts, connector: string): Promise<Share> => {
  const [told, duties] = await Promise.all([desk.told(), desk.duties()]);
  const peers = told.get(connector)?.published?.peers ?? {};
  return (journal) => {
    const { region: home } = journalParts(journal);
    const acts = (duties.get(home)?.until ?? 0) > desk.wallMs();
    return home === config.region || acts || peers[home]?.reachable !== true;
  };
};
