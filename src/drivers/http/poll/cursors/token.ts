/** A token of theirs: in the answer at a pointer, in the request as a query parameter. */
import { identifierText, pointerReader } from "../../../../define/place.ts";
import { type CursorKind, goOn, stay } from "../cursor.ts";

export const tokenCursor = ({ query, next }: { readonly query: string; readonly next: string }): CursorKind => {
  const read = pointerReader(next);
  return {
    request: (cursor) => (cursor === null ? {} : { query: { [query]: cursor } }),
    /** The last page names no token: it is read again until more comes to it. */
    next: (page) => {
      const token = identifierText(read(page.body));
      return token === null || page.items.length === 0 ? stay : goOn(page, token);
    },
    rewound: () => null,
  };
};
