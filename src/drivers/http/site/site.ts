/** A site of the partner as we call it: connections, base path, proof of who we are. */
import type { Pool } from "undici";
import type { CommonSpec } from "../../../define/spec.ts";
import type { DriverContext } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { authenticatorOf } from "../auth/authenticator.ts";
import type { Authenticator } from "../auth/proving.ts";
import { documentReader } from "../network/documents.ts";
import { type PoolMaker, poolMaker } from "../network/pool.ts";

export interface Site {
  readonly pool: Pool;
  readonly origin: string;
  /** Without a slash at its end; empty where the url has no path. */
  readonly basePath: string;
  readonly authenticator: Authenticator;
}

export const sitesOf = (spec: CommonSpec, context: DriverContext): ReadonlyMap<string, Site> => {
  const { location, sites } = spec.partner;
  const pools = poolMaker(location, context.network);
  const auth = { ...context, documents: documentReader(location, context.network) };
  return new Map(
    Object.entries(sites).map(([name, site]): [string, Site] => {
      const field = `partner.sites.${name}`;
      const authenticator = authenticatorOf(site, auth, `${field}.auth`);
      return [name, siteOf(site.url, spec.requestTimeoutMs, pools, `${field}.url`, authenticator)];
    }),
  );
};

/** Calls `done` when the requests that are open have ended. */
export const closeSites = (sites: ReadonlyMap<string, Site>, done: () => void): void => {
  const pools = [...sites.values()].map(({ pool }) => pool.close());
  void Promise.allSettled(pools).then(() => done());
};

const siteOf = (
  text: string | undefined,
  timeoutMs: number,
  pools: PoolMaker,
  field: string,
  authenticator: Authenticator,
): Site => {
  if (text === undefined) throw new Unsupported(field, "missing: a site that is called needs a url");
  if (text.includes("{tenant}")) throw new Unsupported(field, "a url per tenant is not built yet");
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new Unsupported(field, "not an http or https url");
  if (authenticator.identity !== undefined && url.protocol !== "https:")
    throw new Unsupported(field, "mtls proves who we are by TLS: use https");
  if (url.username !== "" || url.password !== "") throw new Unsupported(field, "must not hold credentials: use `auth`");
  if (url.search !== "" || url.hash !== "")
    throw new Unsupported(field, "must end with its path: no query, no fragment");
  return {
    pool: pools(url, {
      connectTimeoutMs: timeoutMs,
      ...(authenticator.identity !== undefined && { identity: authenticator.identity }),
    }),
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ""),
    authenticator,
  };
};
