import leven from "leven";

/** The known name that a mistyped one most likely meant; null where none is near. */
export const nearest = (name: string, known: Iterable<string>): string | null => {
  const longest = Math.max(2, Math.ceil(name.length / 3));
  let best: string | null = null;
  let least = longest + 1;
  for (const candidate of known) {
    const distance = leven(name.toLowerCase(), candidate.toLowerCase(), { maxDistance: longest + 1 });
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
};

/** `" Did you mean 'ordering'?"`, or nothing. */
export const didYouMean = (name: string, known: Iterable<string>): string => {
  const found = nearest(name, known);
  return found === null ? "" : ` Did you mean '${found}'?`;
};
