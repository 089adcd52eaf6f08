// The user's functions of an egress connector, with everything that goes in parsed and all that comes out checked.
import { DefinitionFault } from "../faults.ts";
import type { HttpRequest } from "../model.ts";
import type { LookupFields, SenderFields } from "../parse/definition/sender.ts";
import type { HttpSendFields } from "../parse/http/send.ts";
import type { ParsedAs } from "../parse/parse.ts";
import type { EgressFunctions, HubEvent, Outgoing } from "../spec.ts";
import {
  checkedBusEvent,
  checkedDraft,
  checkedQueueMessage,
  checkedRequest,
  checkedSequence,
  checkedText,
  checkedVerdict,
} from "./results.ts";
import { eventParser, type ParseEvent } from "./subscribed.ts";

export const egressFunctions = (parsed: ParsedAs<"send">): EgressFunctions => {
  const { fields } = parsed;
  const { partitionkey, sequence, tenant, onUnknown } = fields;
  const parse = eventParser(fields.events);
  return {
    direction: "egress",
    parse,
    translate: translator(parsed, parse),
    partitionkey: (event) =>
      partitionkey === undefined
        ? (event.partitionkey ?? null)
        : checkedText(partitionkey(parse(event)), "partitionkey"),
    sequence: sequence === undefined ? null : (event) => checkedSequence(sequence(parse(event))),
    tenant: tenant === undefined ? null : (event) => checkedText(tenant(parse(event)), "tenant"),
    lookup: typeof onUnknown === "object" ? lookupFunctions(onUnknown, parse) : null,
    reply: replyFunction(fields, parse),
    judge: parsed.driver === "http" ? judgeFunction(parsed.options) : null,
    batch: parsed.driver === "http" ? batchFunctions(parsed.options) : null,
  };
};

const translator = (parsed: ParsedAs<"send">, parse: ParseEvent): EgressFunctions["translate"] => {
  const { translate } = parsed.fields;
  if (translate === undefined) return (event) => passedThrough(parsed, parse(event));
  return (event, context) => {
    const given = translate(parse(event), context);
    return given === null ? null : checkedOutput(parsed, given);
  };
};

const checkedOutput = ({ driver }: ParsedAs<"send">, given: unknown): Outgoing => {
  switch (driver) {
    case "http":
      return checkedRequest(given, "translation-invalid", "translate");
    case "sqs":
      return checkedQueueMessage(given);
    case "event-bridge":
      return checkedBusEvent(given);
  }
};

const passedThrough = (parsed: ParsedAs<"send">, event: HubEvent): Outgoing => {
  switch (parsed.driver) {
    case "http":
      return passThrough(event, parsed.options.format);
    case "sqs":
      return { body: event.data };
    case "event-bridge":
      return { detail: event.data };
  }
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
