/**
 * CloudEvents over HTTP, all three content modes. Whatever mode the giver chose, the message is the event in its JSON
 * format, so that a definition is written once.
 */
import { HTTP } from "cloudevents";
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

/** The library makes up an id and a time where they are missing; what the giver did not say must not be stored. */
const binaryEvent = (headers: Headers, body: Buffer): Item => {
  const header = headerReader(headers);
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = header(name);
    if (value !== undefined && (name.startsWith("ce-") || name === "content-type")) flat[name] = value;
  }
  const made = HTTP.toEvent({
    headers: { ...flat, "ce-id": flat["ce-id"] ?? "-" },
    body: dataOf(header("content-type"), body),
  });
  const value: Record<string, unknown> = { ...JSON.parse(JSON.stringify(made)) };
  if (flat["ce-id"] === undefined) delete value.id;
  if (flat["ce-time"] === undefined) delete value.time;
  return { text: JSON.stringify(value), parsed: { value }, event: true };
};

/** Text for the media types that are text, bytes (base64 in the event) for others. */
const dataOf = (contentType: string | undefined, body: Buffer): string | Buffer | undefined => {
  if (body.length === 0) return undefined;
  return contentType === undefined || /json|xml|^text\//.test(contentType) ? body.toString("utf8") : body;
};
