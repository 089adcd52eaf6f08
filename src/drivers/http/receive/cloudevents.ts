/**
 * CloudEvents over HTTP, all three content modes. Whatever mode the giver chose, the message is the event in its JSON
 * format, so that a definition is written once.
 */
import { type Headers, headerReader } from "../headers.ts";
import { parseJson } from "../json.ts";

/** One message of a call: its text, and what is already known of its value. */
export interface Item {
  readonly text: string;
  /** Set where the text was parsed, or made, on the way. */
  readonly parsed?: { readonly value: unknown };
  /** Whether it is a CloudEvent, so that `ce-...` headers are its attributes. */
  readonly event: boolean;
}

type Mode = "binary" | "structured" | "batch";

export const cloudEventMode = (headers: Headers): Mode | null => {
  const header = headerReader(headers);
  const type = header("content-type");
  if (type?.startsWith("application/cloudevents-batch") === true) return "batch";
  if (type?.startsWith("application/cloudevents") === true) return "structured";
  return header("ce-id") !== undefined || header("ce-specversion") !== undefined ? "binary" : null;
};

/** The events of a call; a text that says what is wrong where there are none. */
export const eventsIn = (mode: Mode, headers: Headers, body: Buffer): readonly Item[] | string => {
  switch (mode) {
    case "structured":
      return [{ text: body.toString("utf8"), event: true }];
    case "batch":
      return batchOf(body.toString("utf8"));
    case "binary":
      return [binaryEvent(headers, body)];
  }
};

const batchOf = (text: string): readonly Item[] | string => {
  const value = parseJson(text);
  if (!Array.isArray(value)) return "body: a batch must be a JSON array of CloudEvents";
  if (value.length === 0) return "body: the batch is empty";
  return value.map((event: unknown) => ({ text: JSON.stringify(event), parsed: { value: event }, event: true }));
};

/** Names of attributes, as headers. `data` is none: it is the body. */
const attributeHeader = /^ce-(?!data$)[a-z0-9]+$/;

/** Written by the rules of the binding (3.1): its published library makes up what is missing, and weighs more than the rest. */
const binaryEvent = (headers: Headers, body: Buffer): Item => {
  const header = headerReader(headers);
  const attributes = Object.keys(headers)
    .filter((name) => attributeHeader.test(name))
    .map((name): [string, string] => [name.slice("ce-".length), attributeOf(header(name) ?? "")]);
  const type = header("content-type");
  const value = {
    ...Object.fromEntries(attributes),
    ...(type !== undefined && { datacontenttype: type }),
    ...dataOf(type, body),
  };
  return { text: JSON.stringify(value), parsed: { value }, event: true };
};

/** A header holds an attribute percent-encoded, of some senders in quotes. */
const attributeOf = (header: string): string => {
  const text = /^".*"$/.test(header) ? header.slice(1, -1).replace(/\\(.)/g, "$1") : header;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A value where it is JSON, text for the media types that are text, base64 of others. */
const dataOf = (type: string | undefined, body: Buffer): { data: unknown } | { data_base64: string } | null => {
  if (body.length === 0) return null;
  if (type !== undefined && !/json|xml|^text\//.test(type)) return { data_base64: body.toString("base64") };
  const text = body.toString("utf8");
  const value = type?.includes("json") === true ? parseJson(text) : undefined;
  return { data: value === undefined ? text : value };
};
