/** The kinds of cursors: one line each. */
import type { HttpPollSpec, IngressFunctions, PollSpec } from "../../../../define/spec.ts";
import { Unsupported } from "../../../unsupported.ts";
import type { CursorKind } from "../cursor.ts";
import { customCursor } from "./custom.ts";
import { httpFeedCursor } from "./http-feed.ts";
import { linkCursor } from "./link.ts";
import { sinceCursor } from "./since.ts";
import { tokenCursor } from "./token.ts";

export const cursorKind = (
  { cursor, everyMs }: HttpPollSpec,
  startFrom: PollSpec["startFrom"],
  functions: IngressFunctions,
): CursorKind => {
  switch (cursor.kind) {
    case "token":
      return tokenCursor(cursor);
    case "link":
      return linkCursor;
    case "http-feed":
      return httpFeedCursor(everyMs);
    case "since":
      return sinceCursor(cursor, startFrom);
    case "custom":
      if (functions.cursor === null) throw new Unsupported("via.cursor", "the functions of the cursor are missing");
      return customCursor(functions.cursor);
  }
};
