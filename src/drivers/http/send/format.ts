/** The request's body in the format that the connector names. */
import type { HubEvent, SendFormat } from "../../../define/spec.ts";
import { Unsupported } from "../../unsupported.ts";

export interface Content {
  /** null: the request has no body. */
  readonly body: string | null;
  readonly contentType: string;
}

/** Makes the body of what the translation returned. `event` gives the event that was translated, parsed on demand. */
export type Format = (translated: unknown, event: () => HubEvent) => Content;

export const formatOf = (format: SendFormat): Format => {
  switch (format) {
    case "json":
    case "standard-webhooks":
      return asJson;
    case "cloudevents":
      return asCloudEvent;
    case "form":
    case "xml":
      throw new Unsupported("via.format", `${format} is not built yet: use json, cloudevents or standard-webhooks`);
  }
};

const asJson: Format = (translated) => ({
  body: translated === undefined ? null : JSON.stringify(translated),
  contentType: "application/json",
});

/** Structured mode: the translation is the event's data, the attributes are the event's own. */
const asCloudEvent: Format = (data, event) => ({
  body: JSON.stringify({ specversion: "1.0", ...event(), data }),
  contentType: "application/cloudevents+json; charset=utf-8",
});
