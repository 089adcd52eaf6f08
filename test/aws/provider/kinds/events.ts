import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteArchiveCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { account } from "../clients.ts";
import { bag, ifThere, type Kind, maybe, number, text, there } from "../kind.ts";

export const eventBus: Kind = {
  required: ["name", "region"],
  optional: ["kmsKeyIdentifier", "tags"],
  identity: ["name", "region"],
  create: async (inputs, clients) => {
    const name = text(inputs.name);
    await clients.events(text(inputs.region)).send(new CreateEventBusCommand({ Name: name }));
    return { id: name, outputs: { arn: `arn:aws:events:${text(inputs.region)}:${account}:event-bus/${name}` } };
  },
  remove: (id, state, clients) =>
    ifThere(clients.events(text(state.region)).send(new DeleteEventBusCommand({ Name: id }))),
  exists: (id, state, clients) =>
    there(clients.events(text(state.region)).send(new DescribeEventBusCommand({ Name: id }))),
};

export const eventArchive: Kind = {
  required: ["name", "region", "eventSourceArn"],
  optional: ["retentionDays", "eventPattern"],
  identity: ["name", "region", "eventSourceArn"],
  create: async (inputs, clients) => {
    const name = text(inputs.name);
    await clients.events(text(inputs.region)).send(
      new CreateArchiveCommand({
        ArchiveName: name,
        EventSourceArn: text(inputs.eventSourceArn),
        RetentionDays: number(inputs.retentionDays),
      }),
    );
    return { id: name, outputs: { arn: `arn:aws:events:${text(inputs.region)}:${account}:archive/${name}` } };
  },
  remove: (id, state, clients) =>
    ifThere(clients.events(text(state.region)).send(new DeleteArchiveCommand({ ArchiveName: id }))),
};

export const eventRule: Kind = {
  required: ["name", "region", "eventBusName", "eventPattern"],
  optional: ["state", "description"],
  identity: ["name", "region", "eventBusName"],
  create: async (inputs, clients) => {
    const rule = {
      Name: text(inputs.name),
      EventBusName: text(inputs.eventBusName),
      EventPattern: text(inputs.eventPattern),
    };
    const { RuleArn = "" } = await clients.events(text(inputs.region)).send(new PutRuleCommand(rule));
    return { id: rule.Name, outputs: { arn: RuleArn } };
  },
  update: async (id, inputs, _state, clients) => {
    const rule = { Name: id, EventBusName: text(inputs.eventBusName), EventPattern: text(inputs.eventPattern) };
    await clients.events(text(inputs.region)).send(new PutRuleCommand(rule));
    return {};
  },
  remove: (id, state, clients) =>
    ifThere(
      clients
        .events(text(state.region))
        .send(new DeleteRuleCommand({ Name: id, EventBusName: text(state.eventBusName) })),
    ),
  exists: (id, state, clients) =>
    there(
      clients
        .events(text(state.region))
        .send(new DescribeRuleCommand({ Name: id, EventBusName: text(state.eventBusName) })),
    ),
};

export const eventTarget: Kind = {
  required: ["rule", "region", "eventBusName", "arn", "targetId"],
  optional: ["deadLetterConfig", "retryPolicy", "roleArn", "sqsTarget"],
  identity: ["rule", "region", "eventBusName", "targetId", "arn"],
  create: async (inputs, clients) => {
    const dead = maybe(bag(inputs.deadLetterConfig).arn);
    await clients.events(text(inputs.region)).send(
      new PutTargetsCommand({
        Rule: text(inputs.rule),
        EventBusName: text(inputs.eventBusName),
        Targets: [
          {
            Id: text(inputs.targetId),
            Arn: text(inputs.arn),
            ...(dead !== undefined && { DeadLetterConfig: { Arn: dead } }),
          },
        ],
      }),
    );
    return { id: `${text(inputs.rule)}-${text(inputs.targetId)}`, outputs: {} };
  },
  remove: (_id, state, clients) =>
    ifThere(
      clients.events(text(state.region)).send(
        new RemoveTargetsCommand({
          Rule: text(state.rule),
          EventBusName: text(state.eventBusName),
          Ids: [text(state.targetId)],
        }),
      ),
    ),
};
