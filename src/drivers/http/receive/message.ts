/** The stored form of a message, and back. */
import { isUtf8 } from "node:buffer";
import type { Message } from "../../../define/model.ts";
import type { StoredMessage } from "../../port.ts";
import type { Headers } from "../headers.ts";
import { parseJson } from "../json.ts";
import type { Item } from "./cloudevents.ts";
import { eventContentType } from "./content-type.ts";

/** Credentials, and what only describes the connection or the encoding of the body. */
const notStored = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What is known of a message beside its text. */
export interface Arrival {
  readonly headers: Headers;
  readonly site: string;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** What of a message is not in its text. */
export interface About extends Arrival {
  readonly tenant: string | null;
  /** The bytes that the text was decoded from, where it was sent by itself. */
  readonly bytes?: Buffer;
  /** Why it cannot be translated. */
  readonly problem?: string;
}

export type MessageWriter = (item: Item, about: About) => string;

/** Writes payloads. `proofs` names the headers that carry only the proof of the call. */
export const messageWriter = (proofs: readonly string[]): MessageWriter => {
  const dropped = new Set([...notStored, ...proofs]);
  return (item, { headers, bytes, site, tenant, receivedAt, problem }) => {
    const message: StoredMessage = {
      headers: storedHeaders(headers, dropped, item.event),
      body: item.text,
      ...(bytes === undefined || isUtf8(bytes) ? {} : { bytes: bytes.toString("base64") }),
      site,
      ...(tenant === null ? {} : { tenant }),
      receivedAt,
      ...(problem === undefined ? {} : { problem }),
    };
    return JSON.stringify(message);
  };
};

const storedHeaders = (headers: Headers, dropped: ReadonlySet<string>, event: boolean) => {
  const stored: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || dropped.has(name)) continue;
    stored[name] = typeof value === "string" ? value : value.join(", ");
  }
  if (event) stored["content-type"] = eventContentType;
  return stored;
};

/** The message of a payload that `messageWriter` wrote: its body parsed, ready for the user's functions. */
export const readMessage = (payload: string): Message<unknown> => messageOf(JSON.parse(payload));

export const messageOf = ({ headers, body, site, tenant, receivedAt }: StoredMessage): Message<unknown> => ({
  headers,
  body: bodyValue(body, headers["content-type"]),
  site,
  ...(tenant === undefined ? {} : { tenant }),
  receivedAt,
});

/**
 * The body as a value: JSON where the content type says so or where it is an object or array (some givers call JSON
 * `text/plain`), else its text. Never throws: what should be JSON and is not stays text, which the schema then refuses.
 */
export const bodyValue = (text: string, contentType: string | undefined): unknown => {
  const value = contentType?.includes("json") === true || /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  return value === undefined ? text : value;
};
