/** How a source is read on: what each kind of cursor asks for, and what it makes of an answer. */
import type { HttpRequest, HttpResponse } from "../../../define/model.ts";

export interface CursorKind {
  /**
   * What reads on from a cursor (null: from where the definition says to start), in `timeoutMs` at most. Throws what the
   * definition's code throws.
   */
  request(cursor: string | null, timeoutMs: number): HttpRequest;
  /** Where a page says to go on. Throws what the definition's code throws. */
  next(page: Page): Next;
  /** A cursor that stands so much earlier in the source's own time; null where the cursor names no time. */
  rewound(cursor: string, byMs: number): string | null;
}

export interface Page {
  /** The cursor that was asked from. */
  readonly asked: string | null;
  readonly response: HttpResponse;
  /** The answer's body, parsed. */
  readonly body: unknown;
  readonly items: readonly unknown[];
  /** Url of the request. */
  readonly url: URL;
  /** Of the site, without a slash at its end. */
  readonly basePath: string;
}

export type Next =
  /** `cursor` null: where this reading began. */
  | {
      readonly kind: "next";
      readonly cursor: string | null;
      readonly more: boolean;
      /** The page is from before the time that the definition starts from: it is passed over. */
      readonly skips?: true;
    }
  /** The page does not say what it must. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** Nothing new: read again from where this reading began. */
export const stay: Next = { kind: "next", cursor: null, more: false };

/** Goes on at once where the page had items and names another place than it was read from. */
export const goOn = ({ asked, items }: Page, cursor: string): Next => ({
  kind: "next",
  cursor,
  more: items.length > 0 && cursor !== asked,
});
