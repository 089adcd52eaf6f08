/** http-feeds.org: batches of CloudEvents, from the id of the last event on; the server may wait for the first one. */
import { identifierText, pointerReader } from "../../../../define/place.ts";
import { type CursorKind, goOn, stay } from "../cursor.ts";

/** What a long poll leaves of the request's time for the answer, in milliseconds. */
const answerMs = 1_000;
const idOf = pointerReader("/id");

export const httpFeedCursor = (everyMs: number): CursorKind => ({
  request: (cursor, timeoutMs) => ({
    headers: { accept: "application/cloudevents-batch+json" },
    query: {
      ...(cursor === null ? {} : { lastEventId: cursor }),
      timeout: String(Math.floor(Math.min(everyMs, timeoutMs - Math.min(answerMs, timeoutMs / 2)))),
    },
  }),
  next: (page) => {
    const last = page.items.map((event) => identifierText(idOf(event))).findLast((id) => id !== null);
    return last === undefined || last === null ? stay : goOn(page, last);
  },
  rewound: () => null,
});
