/** A site of the partner as we call it: connections, base path, credentials. */
import type { Pool } from "undici";
import type { CommonSpec } from "../../../define/spec.ts";
import type { DriverContext } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { type PoolMaker, poolMaker } from "../network/pool.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";

export interface Site {
  readonly pool: Pool;
  readonly origin: string;
  /** Without a slash at its end; empty where the url has no path. */
  readonly basePath: string;
  readonly credentials: Credentials | null;
}

export const sitesOf = (spec: CommonSpec, { secrets, network }: DriverContext): ReadonlyMap<string, Site> => {
  const pools = poolMaker(spec.partner.location, network);
  const sites = Object.entries(spec.partner.sites).map(([name, { url, auth }]): [string, Site] => {
    const field = `partner.sites.${name}`;
    return [
      name,
      siteOf(url, spec.requestTimeoutMs, pools, `${field}.url`, credentialsOf(auth, secrets, `${field}.auth`)),
    ];
  });
  return new Map(sites);
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
  credentials: Credentials | null,
): Site => {
  if (text === undefined) throw new Unsupported(field, "missing: a site that is called needs a url");
  if (text.includes("{tenant}")) throw new Unsupported(field, "a url per tenant is not built yet");
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new Unsupported(field, "not an http or https url");
  if (url.username !== "" || url.password !== "") throw new Unsupported(field, "must not hold credentials: use `auth`");
  if (url.search !== "" || url.hash !== "")
    throw new Unsupported(field, "must end with its path: no query, no fragment");
  return {
    pool: pools(url, { connectTimeoutMs: timeoutMs }),
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ""),
    credentials,
  };
};
