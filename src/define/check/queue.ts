// Rules of queues (SQS) and event buses (EventBridge): what their names say, and what they cannot do.
import { arnOf, isPrincipal, isRole } from "../arn.ts";
import { queueLimits } from "../policy.ts";
import { type Problem, problem } from "../problem.ts";
import type { ConnectorSpec } from "../spec.ts";
import { formatDuration } from "../units.ts";
import { type Rule, when } from "./context.ts";

const isMissing = (text: string): boolean => text.startsWith("setting:");

/** Queues and buses by site, and what they are called. */
const placesOf = (spec: ConnectorSpec) => {
  if (spec.driver === "sqs" && spec.role !== "receive")
    return { path: "via.queueArn", service: "sqs", bySite: spec.options.queues } as const;
  if (spec.driver === "event-bridge" && spec.role === "send")
    return { path: "via.busArn", service: "events", bySite: spec.options.buses } as const;
  return null;
};

/** Every site has a queue or bus, whose ARN says where it is. */
export const placesNamed: Rule = ({ spec }) => {
  const places = placesOf(spec);
  if (places === null) return [];
  const { path, service, bySite } = places;
  const example =
    service === "sqs" ? "arn:aws:sqs:<region>:<account>:<queue>" : "arn:aws:events:<region>:<account>:event-bus/<bus>";
  const sites = Object.keys(spec.partner.sites);
  return [
    ...sites
      .filter((site) => bySite[site] === undefined)
      .map((site) => problem(path, `has no value for the site '${site}'`)),
    ...Object.entries(bySite).flatMap(([site, text]) => [
      ...when(!sites.includes(site), () => problem(path, `'${site}' is not a site of the partner`)),
      ...when(!isMissing(text) && !isPlace(text, service), () =>
        problem(path, `'${text}' is not such an ARN`, example),
      ),
    ]),
  ];
};

const isPlace = (text: string, service: "sqs" | "events"): boolean => {
  const arn = arnOf(text);
  if (arn?.service !== service) return false;
  return service === "sqs"
    ? /^[\w-]{1,75}(?:\.fifo)?$/.test(arn.resource)
    : /^event-bus\/[\w./-]{1,256}$/.test(arn.resource);
};

/** The name of a FIFO queue says that it is one. */
export const fifoAsNamed: Rule = ({ spec }) => {
  if (spec.driver !== "sqs" || spec.role !== "send") return [];
  const { fifo, queues } = spec.options;
  const other = Object.values(queues).find((arn) => !isMissing(arn) && arn.endsWith(".fifo") !== fifo);
  return when(other !== undefined, () =>
    problem("via.fifo", `is ${fifo}, and the queue '${other}' is ${fifo ? "none" : "one"}: its name ends with '.fifo'`),
  );
};

/** Who may be trusted is named in full: a pattern would let others in. */
export const strangersNamed: Rule = ({ spec }) => {
  if (spec.driver === "http") return [];
  const { options } = spec;
  const wrong: Problem[] = [];
  if ("role" in options && options.role !== null && !isMissing(options.role) && !isRole(options.role))
    wrong.push(problem("via.role", `'${options.role}' is not the ARN of a role`, "arn:aws:iam::<account>:role/<name>"));
  if ("writers" in options)
    for (const writer of options.writers)
      if (!isMissing(writer) && !isPrincipal(writer))
        wrong.push(problem("via.writers", `'${writer}' is not the ARN of a role, user or account`));
  if ("accounts" in options)
    for (const account of options.accounts)
      if (!isMissing(account) && !/^\d{12}$/.test(account))
        wrong.push(problem("via.accounts", `'${account}' is not the number of an account: 12 digits`));
  return wrong;
};

/** What was read from a queue is deleted there: it must not be lost with one region of ours. */
export const deletedIsReplicated: Rule = ({ spec }) =>
  when(spec.driver === "sqs" && spec.role === "poll" && spec.durability !== "replicated", () =>
    problem(
      "durability",
      '"regional" with a queue that is read: what is deleted there would be lost with one of our regions',
      'say durability: "replicated"',
    ),
  );

/** A queue has no places, so that reading begins with what lies in it. */
export const queueHasNoPlace: Rule = ({ spec }) =>
  when(spec.driver === "sqs" && spec.role === "poll" && spec.startFrom !== "earliest", () =>
    problem("startFrom", "a queue is read from its beginning", 'leave it out, or say "earliest"'),
  );

/** What is taken into a queue is acknowledged before anybody looked at it. */
export const queueAnswersNothing: Rule = ({ spec }) => {
  if (spec.driver === "http") return [];
  const queue = spec.driver === "sqs" ? "a queue" : "a bus";
  return [
    ...when(spec.onUnknown.kind === "lookup", () =>
      problem("onUnknown", `${queue} cannot be asked what it has taken`, 'say "resend" or "hold"'),
    ),
    ...when(spec.role === "receive" && spec.onInvalid === "reject", () =>
      problem("onInvalid", `has no effect: ${queue} gives its writer no answer of ours`, "leave it out"),
    ),
    ...when(spec.role === "receive" && spec.onConflict === "reject", () =>
      problem("onConflict", `has no effect: ${queue} gives its writer no answer of ours`, "leave it out"),
    ),
    ...when(spec.role === "receive" && spec.reconcile !== null, () =>
      problem("reconcile", `is for messages that are called in: ${queue} loses none`),
    ),
  ];
};

/** Only a FIFO queue keeps the order of a key. */
export const queueKeepsOrder: Rule = ({ spec }) =>
  when(
    spec.role === "send" &&
      spec.ordering === "key" &&
      (spec.driver === "event-bridge" || (spec.driver === "sqs" && !spec.options.fifo)),
    () =>
      problem(
        "ordering",
        `${spec.driver === "sqs" ? "a standard queue" : "a bus"} keeps no order`,
        spec.driver === "sqs" ? "send to a FIFO queue" : 'say ordering: "none"',
      ),
  );

/** The only key that a queue itself knows is a FIFO queue's deduplication id, and for five minutes. */
export const queueKnowsKey: Rule = ({ spec }) => {
  if (spec.driver === "http" || spec.role !== "send" || spec.idempotency.kind !== "header") return [];
  const { header, remembersMs, across } = spec.idempotency;
  const { fifoRemembersMs } = queueLimits;
  const fifo = spec.driver === "sqs" && spec.options.fifo;
  return [
    ...when(!fifo || header !== "message-deduplication-id", () =>
      problem(
        "idempotency.header",
        `'${header}' is none that ${fifo ? "the queue" : "it"} looks at`,
        fifo
          ? 'say "message-deduplication-id", or idempotency: "event-id" where their reader knows it'
          : 'say "event-id" where their reader knows it',
      ),
    ),
    ...when(remembersMs > fifoRemembersMs, () =>
      problem(
        "idempotency.remembers",
        `a FIFO queue knows a message for ${formatDuration(fifoRemembersMs)}, not for ${formatDuration(remembersMs)}`,
      ),
    ),
    ...when(across === "sites", () =>
      problem("idempotency.across", "each queue knows its own messages only", 'say "site"'),
    ),
  ];
};

/** Drivers of AWS need a role of ours there. */
export const sameCloudOnAws: Rule = ({ spec, platform }) =>
  when(spec.driver !== "http" && platform !== "aws", () =>
    problem(
      "via",
      `'${spec.driver}.${spec.role}' needs the platform aws: ${spec.role === "receive" ? "no other has queues that call us" : "no other gives us a role there"}`,
    ),
  );
