/** RFC 8288: `Link: <...>; rel="next"`. The cursor is its path and query below the site's url, so that it is good at others. */
import { targetOf } from "../../site/path.ts";
import { type CursorKind, goOn, stay } from "../cursor.ts";
import { linksOf } from "../link-header.ts";

export const linkCursor: CursorKind = {
  request: (cursor) => (cursor === null ? {} : { path: cursor }),
  /** The last page links to no other: it is read again until more comes to it. */
  next: (page) => {
    const link = linksOf(page.response.headers.link).find(({ relations }) => relations.includes("next"));
    if (link === undefined || page.items.length === 0) return stay;
    const cursor = below(link.target, page.url, page.basePath);
    return cursor === null
      ? { kind: "unreadable", reason: "the next link does not stay below the site's url" }
      : goOn(page, cursor);
  },
  rewound: () => null,
};

/** Path and query below the base path; null where the link leads elsewhere. */
const below = (target: string, from: URL, basePath: string): string | null => {
  const url = URL.parse(target, from.href);
  if (url === null || url.origin !== from.origin || !`${url.pathname}/`.startsWith(`${basePath}/`)) return null;
  const path = `${url.pathname.slice(basePath.length)}${url.search}`;
  return targetOf(basePath, path, undefined) === null ? null : path;
};
