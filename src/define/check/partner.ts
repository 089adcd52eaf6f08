// Rules of the partner: its sites, their addresses, its topology, its tenants.
import { Cron } from "croner";
import ipaddr from "ipaddr.js";
import { awsHost } from "../aws-host.ts";
import { didYouMean } from "../nearest.ts";
import { type Problem, problem } from "../problem.ts";
import type { SiteSpec } from "../spec.ts";
import { type CheckContext, callsSites, type Rule, when } from "./context.ts";

export const topologyFits: Rule = ({ parsed }) => {
  const { sites, topology } = parsed.fields.partner;
  const names = Object.keys(sites ?? {});
  if (sites !== undefined && names.length === 0) return [problem("partner.sites", "names no site")];
  if (names.length < 2)
    return when(topology !== undefined, () => problem("partner.topology", "the partner has one site"));
  if (topology === undefined) return [problem("partner.topology", "is missing: the partner has more than one site")];
  if (topology.mode === "active-active") return [];
  const { primary, secondary } = topology;
  return [
    ...(["primary", "secondary"] as const).flatMap((field) =>
      when(!names.includes(topology[field]), () =>
        problem(
          `partner.topology.${field}`,
          `'${topology[field]}' is not a site.${didYouMean(topology[field], names)}`,
        ),
      ),
    ),
    ...when(primary === secondary, () => problem("partner.topology.secondary", "is the primary")),
    ...names
      .filter((name) => name !== primary && name !== secondary)
      .map((name) => problem(`partner.sites.${name}`, "is neither primary nor secondary: it would never be used")),
  ];
};

/** Where we call, every site has an address that we may call. */
export const sitesReachable: Rule = (context) => {
  const { spec, parsed } = context;
  if (!callsSites(spec) || spec.driver !== "http") return [];
  const named = parsed.fields.partner.sites !== undefined;
  return Object.entries(spec.partner.sites).flatMap(([name, { url }]) => {
    const ownUrl = parsed.fields.partner.sites?.[name]?.url !== undefined;
    const path = named && (ownUrl || url === undefined) ? `partner.sites.${name}.url` : "partner.url";
    if (url === undefined) return [problem(path, "is missing: the connector calls this site")];
    // A setting that is missing is a problem of its own.
    return url.startsWith("setting:") ? [] : urlProblems(path, url, context);
  });
};

const urlProblems = (path: string, text: string, context: CheckContext): readonly Problem[] => {
  const url = URL.parse(text.replaceAll("{tenant}", "tenant"));
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return [problem(path, `'${text}' is not an http or https address`)];
  }
  if (url.username !== "" || url.password !== "")
    return [problem(path, "holds a credential: use 'auth' with a secret")];
  if (url.search !== "" || url.hash !== "") return [problem(path, "must end with its path: no query, no fragment")];
  return addressProblems(path, url, context);
};

/** What stands where, and whether it is encrypted. */
const addressProblems = (path: string, url: URL, { spec, loopback }: CheckContext): readonly Problem[] => {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const range = ipaddr.isValid(host) ? ipaddr.process(host).range() : host === "localhost" ? "loopback" : "name";
  const port = url.port === "" ? { "http:": "80", "https:": "443" }[url.protocol] : url.port;
  if (range === "loopback") {
    return when(!loopback.includes(`${host}:${port}`), () =>
      problem(path, `'${host}:${port}' is a loopback address that the environment does not list in 'loopback'`),
    );
  }
  if (spec.partner.location === "on-prem") return [];
  return [
    ...when(range !== "name" && range !== "unicast", () =>
      problem(path, `'${host}' is a ${range} address, which a partner located '${spec.partner.location}' cannot have`),
    ),
    ...when(url.protocol === "http:", () => problem(path, "is not encrypted", "use https")),
  ];
};

/** What a kind of `auth` needs of the addresses around it. */
export const authFits: Rule = (context) =>
  callsSites(context.spec)
    ? Object.entries(context.spec.partner.sites).flatMap(([name, site]) =>
        authProblems(siteField(context, name, "auth"), site, context),
      )
    : [];

/** Where the definition says it: at the site, or for all of them. */
const siteField = ({ parsed }: CheckContext, name: string, field: "auth"): string =>
  parsed.fields.partner.sites?.[name]?.[field] === undefined ? `partner.${field}` : `partner.sites.${name}.${field}`;

const authProblems = (path: string, { auth, url, region }: SiteSpec, context: CheckContext): readonly Problem[] => {
  switch (auth?.kind) {
    case "oauth2":
      return tokenUrlProblems(`${path}.tokenUrl`, auth.tokenUrl, context);
    case "mtls":
      return when(url?.startsWith("http:") === true, () =>
        problem(path, "the kind 'mtls' proves who we are by TLS, and the site's url is not encrypted", "use https"),
      );
    case "sigv4":
      return when(region === undefined && awsHost(url ?? "") === null, () =>
        problem(path, "the kind 'sigv4' signs for a region, and nothing names it", "give the site its 'region'"),
      );
    default:
      return [];
  }
};

const tokenUrlProblems = (path: string, text: string, context: CheckContext): readonly Problem[] => {
  if (text.startsWith("setting:")) return [];
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return [problem(path, `'${text}' is not an http or https address`)];
  }
  if (url.username !== "" || url.password !== "") return [problem(path, "holds a credential: use 'client'")];
  return addressProblems(path, url, context);
};

export const maintenanceReadable: Rule = ({ spec }) =>
  Object.entries(spec.partner.sites).flatMap(([site, { maintenance }]) =>
    maintenance.flatMap(({ cron, timezone }) => {
      const wrong = cronProblem(cron, timezone);
      return wrong === null ? [] : [problem(`partner.sites.${site}.maintenance`, wrong)];
    }),
  );

const cronProblem = (cron: string, timezone: string): string | null => {
  try {
    return new Cron(cron, { timezone, paused: true }).nextRun() === null ? `'${cron}' never comes` : null;
  } catch (error) {
    return `'${cron}' in '${timezone}': ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** `{tenant}` stands for one of the partner's tenants: without tenants it stands for nothing. */
export const tenantsStated: Rule = ({ spec, parsed }) => {
  const { tenants } = spec.partner;
  const uses = [
    ...Object.entries(spec.partner.sites).map(([name, { url }]) => [`partner.sites.${name}.url`, url ?? ""] as const),
    ...spec.secrets.map((name) => [`secret '${name}'`, name] as const),
  ].filter(([, text]) => text.includes("{tenant}"));
  if (tenants === undefined)
    return uses.map(([path]) => problem(path, "has '{tenant}', but the partner has no 'tenants'"));
  if (parsed.role === "poll" || parsed.role === "feed") return [];
  const [path, told] =
    parsed.role === "receive"
      ? ["via.tenant", parsed.driver === "http" ? parsed.options.tenant : undefined]
      : ["tenant", parsed.fields.tenant];
  return when(told === undefined, () =>
    problem(path, "is missing: the partner has tenants, and nothing tells which one"),
  );
};
