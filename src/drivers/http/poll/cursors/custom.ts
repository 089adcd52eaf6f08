/** The definition says how to read on. */
import type { IngressFunctions } from "../../../../define/spec.ts";
import { type CursorKind, goOn, stay } from "../cursor.ts";

export const customCursor = ({ request, next }: NonNullable<IngressFunctions["cursor"]>): CursorKind => ({
  request: (cursor) => request(cursor),
  next: (page) => {
    const cursor = next(page.response);
    return cursor === null ? stay : goOn(page, cursor);
  },
  rewound: () => null,
});
