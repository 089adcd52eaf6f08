/** The request's target below the site's url. */
import type { HttpRequest } from "../../../define/model.ts";

/** What never belongs into a target, whatever an event's data holds: other characters must be percent-encoded. */
const unsafe = /[^\x21-\x7e]|[#\\]/;
/** Another host: with a scheme, or an empty first segment. */
const elsewhere = /^(?:[a-z][a-z\d+.-]*:)?\/\//i;
/** Segments that leave the path that the definition named, plain or encoded, also for a server that decodes slashes. */
const climbs = /(?:^|\/|%2f|%5c)(?:\.|%2e){1,2}(?:\/|%2f|%5c|$)/i;

/** Target of a request, or null where it would not stay below the site's url as it was written. */
export const targetOf = (basePath: string, path: string, query: HttpRequest["query"]): string | null => {
  const [named = ""] = path.split("?", 1);
  if (unsafe.test(path) || elsewhere.test(path) || climbs.test(named)) return null;
  const below = path === "" || path.startsWith("/") || path.startsWith("?") ? path : `/${path}`;
  const target = `${basePath}${below}`;
  const rooted = target.startsWith("/") ? target : `/${target}`;
  if (query === undefined) return rooted;
  const text = new URLSearchParams(query).toString();
  return text === "" ? rooted : `${rooted}${rooted.includes("?") ? "&" : "?"}${text}`;
};
