/** The header field `Link` (RFC 8288, appendix B). */

export interface Link {
  readonly target: string;
  /** Lower case. */
  readonly relations: readonly string[];
}

/** No `<` stands in a url: a header of nothing else would be looked through from each of them to its end. */
const link = /<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)/g;
const parameter = /;\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?/g;

/** The links of what was answered; those that speak of another resource (`anchor`) are left out. */
export const linksOf = (header: string | undefined): readonly Link[] => {
  const links: Link[] = [];
  for (const [, target = "", parameters = ""] of (header ?? "").matchAll(link)) {
    const named = parametersOf(parameters);
    if (named.has("anchor")) continue;
    links.push({ target, relations: (named.get("rel") ?? "").toLowerCase().split(/\s+/) });
  }
  return links;
};

/** Of a parameter that is given twice the first counts. */
const parametersOf = (text: string): ReadonlyMap<string, string> => {
  const named = new Map<string, string>();
  for (const [, name = "", quoted, plain] of text.matchAll(parameter)) {
    const key = name.toLowerCase();
    if (!named.has(key)) named.set(key, quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "");
  }
  return named;
};
