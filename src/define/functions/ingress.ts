// The user's functions of an ingress connector, with everything that goes in parsed and all that comes out checked.
import type { Message } from "../model.ts";
import type { PollerFields } from "../parse/definition/poller.ts";
import type { ReceiverFields } from "../parse/definition/receiver.ts";
import type { HttpPollFields } from "../parse/http/poll.ts";
import type { ParsedAs } from "../parse/parse.ts";
import { contentOf } from "../schema/content.ts";
import { validated } from "../schema/validate.ts";
import type { IngressFunctions } from "../spec.ts";
import { checkedBody, checkedCursor, checkedDrafts, checkedRequest, checkedSequence, checkedText } from "./results.ts";

export const receiveFunctions = (fields: ReceiverFields): IngressFunctions => {
  const { reconcile } = fields;
  return {
    ...messageFunctions(fields),
    cursor: reconcile === undefined ? null : cursorFunctions(reconcile.via.options),
    adapt: adaptFunction(reconcile?.adapt),
  };
};

export const pollFunctions = (parsed: ParsedAs<"poll">): IngressFunctions => ({
  ...messageFunctions(parsed.fields),
  cursor: parsed.driver === "http" ? cursorFunctions(parsed.options) : null,
  adapt: null,
});

const messageFunctions = ({
  message,
  events,
  id,
  sequence,
  fetch,
  translate,
}: ReceiverFields | PollerFields): Omit<IngressFunctions, "cursor" | "adapt"> => {
  const parse = (body: unknown) => validated(message, body, "message-invalid", "message");
  const parsed = (given: Message<unknown>): Message<unknown> => ({ ...given, body: parse(given.body) });
  return {
    direction: "ingress",
    parse,
    content: contentOf(message),
    id: id === undefined ? null : (given) => checkedText(id(given), "id"),
    sequence: sequence === undefined ? null : (given) => checkedSequence(sequence(given)),
    fetch: fetch === undefined ? null : fetchFunctions(fetch),
    translate: (given, { fetched }) => checkedDrafts(translate(parsed(given), { fetched }), events),
  };
};

const fetchFunctions = ({ request, response }: NonNullable<ReceiverFields["fetch"]>): IngressFunctions["fetch"] => ({
  request: (message) => {
    const given = request(message);
    return given === null ? null : checkedRequest(given, "result-invalid", "fetch.request");
  },
  parse: (body) => validated(response, body, "fetched-invalid", "fetch.response"),
});

const cursorFunctions = ({ cursor }: HttpPollFields): IngressFunctions["cursor"] => {
  if (cursor.kind !== "custom") return null;
  const { request, next } = cursor;
  return {
    request: (from) => ({ method: "GET", ...checkedRequest(request(from), "result-invalid", "cursor.request") }),
    next: (response) => checkedCursor(next(response)),
  };
};

const adaptFunction = (adapt: ((item: unknown) => unknown) | undefined): IngressFunctions["adapt"] =>
  adapt === undefined ? null : (item) => checkedBody(adapt(item));
