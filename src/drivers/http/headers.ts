/** Headers of calls in both directions. */

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads a header by its lower-case name; values given several times are one, joined by ", " as HTTP says. */
export const headerReader =
  (headers: Headers): ((name: string) => string | undefined) =>
  (name) => {
    const value = headers[name];
    return typeof value === "string" || value === undefined ? value : value.join(", ");
  };
