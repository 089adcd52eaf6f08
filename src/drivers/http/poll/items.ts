/** The items of an answer. */
import type { HttpResponse } from "../../../define/model.ts";
import { pointerReader } from "../../../define/place.ts";
import { httpPollDefaults } from "../../../define/policy.ts";
import { parseJson } from "../json.ts";

export type Items =
  | { readonly kind: "items"; readonly body: unknown; readonly items: readonly unknown[] }
  /** An answer that says that it is well, and is no page. */
  | { readonly kind: "unreadable"; readonly reason: string };

const unreadable = (reason: string): Items => ({ kind: "unreadable", reason });
const none: Items = { kind: "items", body: null, items: [] };

/** Reads pages whose list stands at the pointer; null: the body is the list. */
export const itemReader = (pointer: string | null): ((response: HttpResponse) => Items) => {
  const read = pointerReader(pointer ?? "");
  const place = pointer ?? "the top of the body";
  return ({ status, headers, body: given }) => {
    if (status === 204 || status === 304) return none;
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") return unreadable(`the answer is compressed (${encoding}), which was not asked for`);
    const body = typeof given === "string" ? parseJson(given) : given;
    if (body === undefined) return unreadable("the answer is no JSON");
    const items = read(body);
    if (!Array.isArray(items)) return unreadable(`the answer has no list at ${place}`);
    const { limitItems } = httpPollDefaults;
    return items.length > limitItems
      ? unreadable(`the page has ${items.length} items, more than ${limitItems}: ask for shorter pages in the path`)
      : { kind: "items", body, items };
  };
};
