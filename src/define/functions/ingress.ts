// The user's functions of an ingress connector, with everything that goes in parsed and all that comes out checked.
import type { Message } from "../model.ts";
import type { ReceiverFields } from "../parse/definition.ts";
import { contentOf } from "../schema/content.ts";
import { validated } from "../schema/validate.ts";
import type { IngressFunctions } from "../spec.ts";
import { checkedDrafts, checkedRequest, checkedSequence, checkedText } from "./results.ts";

export const ingressFunctions = ({
  message,
  events,
  id,
  sequence,
  fetch,
  translate,
}: ReceiverFields): IngressFunctions => {
  const parse = (body: unknown) => validated(message, body, "message-invalid", "message");
  const parsed = (given: Message<unknown>): Message<unknown> => ({ ...given, body: parse(given.body) });
  return {
    direction: "ingress",
    parse,
    content: contentOf(message),
    id: id === undefined ? null : (given) => checkedText(id(given), "id"),
    sequence: sequence === undefined ? null : (given) => checkedSequence(sequence(given)),
    fetch: fetch === undefined ? null : fetchFunctions(fetch),
    cursor: null,
    adapt: null,
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
