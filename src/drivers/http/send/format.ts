/** The request's body in the format that the connector names. */
import { CloudEvent, HTTP } from "cloudevents";
import type { HubEvent, SendSpec } from "../../../define/spec.ts";
import { Unsupported } from "../../unsupported.ts";

export interface Content {
  /** null: the request has no body. */
  readonly body: string | null;
  readonly contentType: string;
}

/**
 * Makes the body. `data` is what the translation returned, `event` gives the event that was translated, parsed on
 * demand.
 */
export type Format = (data: unknown, event: () => HubEvent) => Content;

const json = "application/json";

export const formatOf = (spec: SendSpec): Format => {
  const dataOf = (data: unknown, event: () => HubEvent): unknown => (spec.has.translate ? data : event().data);
  switch (spec.options.format) {
    case "json":
      return (data) => ({ body: data === undefined ? null : JSON.stringify(data), contentType: json });
    case "standard-webhooks":
      return (data, event) => {
        const { type, time } = event();
        return { body: JSON.stringify({ type, timestamp: time, data: dataOf(data, event) }), contentType: json };
      };
    case "cloudevents":
      return (data, event) => {
        const { headers, body } = HTTP.structured(new CloudEvent({ ...event(), data: dataOf(data, event) }));
        return { body: String(body), contentType: String(headers["content-type"]) };
      };
    case "form":
    case "xml":
      throw new Unsupported(
        "via.format",
        `${spec.options.format} is not built yet: use json, cloudevents or standard-webhooks`,
      );
  }
};
