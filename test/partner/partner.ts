// The model partner: two sites, replication between them, a ledger, and a control port.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { type Config, type SiteName, siteNames } from "./config.ts";
import { faultSchema } from "./faults.ts";
import { openLedger } from "./ledger.ts";
import { SiteServer } from "./site-server.ts";
import { Sites } from "./sites.ts";

export interface Partner {
  readonly urls: { readonly primary: string; readonly secondary: string; readonly control: string };
  close(): Promise<void>;
}

/** Starts the partner; rejects when a port is taken. */
export async function startPartner(config: Config): Promise<Partner> {
  const append = openLedger(config.ledger);
  const timers = new Set<NodeJS.Timeout>();
  const later = (action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, config.lagMs);
    timers.add(timer);
  };
  const sites = new Sites({ idempotent: config.idempotent, append, later });
  const serverOf = (site: SiteName): SiteServer =>
    new SiteServer({ ...config, site, port: config.ports[site], sites, append });
  const servers = { primary: serverOf("primary"), secondary: serverOf("secondary") };
  await Promise.all(siteNames.map((site) => servers[site].open()));
  const control = await listen(controlOf(servers, sites), config);
  return {
    urls: { primary: servers.primary.url, secondary: servers.secondary.url, control: control.url },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([control.close(), ...siteNames.map((site) => servers[site].close())]);
    },
  };
}

function controlOf(servers: Readonly<Record<SiteName, SiteServer>>, sites: Sites): Hono {
  const app = new Hono();
  const summaryOf = (site: SiteName) => ({
    url: servers[site].url,
    fault: servers[site].fault,
    stopped: sites.stopped(site),
    effects: sites.count(site),
    unreplicated: sites.unreplicated(site),
  });
  app.get("/summary", (c) => c.json({ primary: summaryOf("primary"), secondary: summaryOf("secondary") }));
  for (const site of siteNames) {
    app.put(`/sites/${site}/fault`, async (c) => {
      const fault = faultSchema.safeParse(await c.req.json());
      if (!fault.success) return c.json({ error: fault.error.issues }, 400);
      await servers[site].set(fault.data);
      return c.json(summaryOf(site));
    });
    app.post(`/sites/${site}/stop`, async (c) => {
      const lost = sites.stop(site, c.req.query("loss") === "true");
      await servers[site].close();
      return c.json({ lost });
    });
    app.post(`/sites/${site}/start`, async (c) => {
      sites.start(site);
      if (servers[site].fault.kind !== "down") await servers[site].open();
      return c.json(summaryOf(site));
    });
  }
  return app;
}

async function listen(app: Hono, config: Config): Promise<{ url: string; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: config.host, port: config.ports.control }, ({ port }) =>
      resolve({
        url: `http://${config.host}:${port}`,
        close: () => new Promise((done) => void server.close(() => done())),
      }),
    );
    server.once("error", reject);
  });
}
