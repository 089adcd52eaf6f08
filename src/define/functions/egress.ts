// The user's functions of an egress connector, with everything that goes in parsed and all that comes out checked.
import { DefinitionFault } from "../faults.ts";
import type { HttpRequest } from "../model.ts";
import type { LookupFields, SenderFields } from "../parse/definition.ts";
import type { HttpSendFields } from "../parse/http.ts";
import type { EgressFunctions, HubEvent } from "../spec.ts";
import { checkedDraft, checkedRequest, checkedSequence, checkedText, checkedVerdict } from "./results.ts";
import { eventParser, type ParseEvent } from "./subscribed.ts";

export const egressFunctions = (fields: SenderFields, options: HttpSendFields): EgressFunctions => {
  const { partitionkey, sequence, tenant, onUnknown } = fields;
  const parse = eventParser(fields.events);
  return {
    direction: "egress",
    parse,
    translate: translator(fields, options, parse),
    partitionkey: (event) =>
      partitionkey === undefined
        ? (event.partitionkey ?? null)
        : checkedText(partitionkey(parse(event)), "partitionkey"),
    sequence: sequence === undefined ? null : (event) => checkedSequence(sequence(parse(event))),
    tenant: tenant === undefined ? null : (event) => checkedText(tenant(parse(event)), "tenant"),
    lookup: typeof onUnknown === "object" ? lookupFunctions(onUnknown, parse) : null,
    reply: replyFunction(fields, parse),
    judge: judgeFunction(options),
    batch: batchFunctions(options),
  };
};

const translator = (
  { translate }: SenderFields,
  { format }: HttpSendFields,
  parse: ParseEvent,
): EgressFunctions["translate"] => {
  if (translate === undefined) return (event) => passThrough(parse(event), format);
  return (event, context) => {
    const given = translate(parse(event), context);
    return given === null ? null : checkedRequest(given, "translation-invalid", "translate");
  };
};

/** The event as it is. With the format cloudevents the driver writes the attributes around the data. */
const passThrough = ({ type, time, data }: HubEvent, format: HttpSendFields["format"]): HttpRequest => ({
  body: format === "standard-webhooks" ? { type, timestamp: time, data } : data,
});

const lookupFunctions = ({ request, found }: LookupFields, parse: ParseEvent): EgressFunctions["lookup"] => ({
  request: (event) => {
    const given = checkedRequest(request(parse(event)), "result-invalid", "onUnknown.request");
    return { method: "GET", ...given };
  },
  found: (response, event) => {
    const given = found(response, parse(event));
    if (given === "unknown" || typeof given === "boolean") return given;
    throw new DefinitionFault("result-invalid", `onUnknown.found returned neither true, false nor "unknown"`);
  },
});

const replyFunction = ({ reply }: SenderFields, parse: ParseEvent): EgressFunctions["reply"] => {
  if (reply === undefined) return null;
  return (response, event) => {
    const given = reply.translate(response, parse(event));
    return given === null ? null : checkedDraft(given, reply.events, "result-invalid");
  };
};

const judgeFunction = ({ judge }: HttpSendFields): EgressFunctions["judge"] => {
  if (judge === undefined) return null;
  return (response) => {
    const given = judge(response);
    return given === null || given === undefined ? null : checkedVerdict(given, "via.judge");
  };
};

const batchFunctions = ({ batch }: HttpSendFields): EgressFunctions["batch"] => {
  if (batch === undefined) return null;
  return {
    pack: (items) => checkedRequest(batch.pack(items), "translation-invalid", "via.batch.pack"),
    judge: (response, count) => {
      const given = batch.judge(response, count);
      if (!Array.isArray(given) || given.length !== count) {
        throw new DefinitionFault("result-invalid", `via.batch.judge must return ${count} verdicts, one for each item`);
      }
      return given.map((each) => checkedVerdict(each, "via.batch.judge"));
    },
  };
};
