import type { OnUnknownSpec } from "../define/spec.ts";

/** What is done about an event that was sent, or may have been, and whose answer was not seen (protocol rule 15). */
export type Resolution =
  /** The same identity once more. */
  | { readonly kind: "again" }
  /** Their side is asked, this long after it was sent; it is sent again only if they do not have it. */
  | { readonly kind: "ask"; readonly afterMs: number }
  /** It is listed until a person decides. */
  | { readonly kind: "person" };

export const resolutionOf = (onUnknown: OnUnknownSpec): Resolution => {
  switch (onUnknown.kind) {
    case "resend":
      return { kind: "again" };
    case "hold":
      return { kind: "person" };
    case "lookup":
      return { kind: "ask", afterMs: onUnknown.afterMs };
  }
};
