// Schedules and log groups; and what the emulator only keeps, or has not at all: that is kept in the state alone.
import { CreateLogGroupCommand, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateScheduleCommand, DeleteScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { account } from "../clients.ts";
import { bag, type Inputs, ifThere, type Kind, maybe, text } from "../kind.ts";

const scheduleOf = (inputs: Inputs) => {
  const { arn, roleArn, input } = bag(inputs.target);
  return {
    Name: text(inputs.name),
    ScheduleExpression: text(inputs.scheduleExpression),
    FlexibleTimeWindow: { Mode: "OFF" as const },
    Target: { Arn: text(arn), RoleArn: text(roleArn), Input: maybe(input) },
  };
};

export const schedule: Kind = {
  required: ["name", "region", "scheduleExpression", "flexibleTimeWindow", "target"],
  optional: ["state", "groupName", "description", "kmsKeyArn"],
  identity: ["name", "region"],
  create: async (inputs, clients) => {
    await clients.scheduler(text(inputs.region)).send(new CreateScheduleCommand(scheduleOf(inputs)));
    const arn = `arn:aws:scheduler:${text(inputs.region)}:${account}:schedule/default/${text(inputs.name)}`;
    return { id: text(inputs.name), outputs: { arn } };
  },
  update: async (_id, inputs, _state, clients) => {
    await clients.scheduler(text(inputs.region)).send(new UpdateScheduleCommand(scheduleOf(inputs)));
    return {};
  },
  remove: (id, state, clients) =>
    ifThere(clients.scheduler(text(state.region)).send(new DeleteScheduleCommand({ Name: id }))),
};

export const logGroup: Kind = {
  required: ["name", "region"],
  optional: ["retentionInDays", "kmsKeyId", "tags"],
  identity: ["name", "region"],
  create: async (inputs, clients) => {
    const name = text(inputs.name);
    await clients.logs(text(inputs.region)).send(new CreateLogGroupCommand({ logGroupName: name }));
    return { id: name, outputs: { arn: `arn:aws:logs:${text(inputs.region)}:${account}:log-group:${name}` } };
  },
  remove: (id, state, clients) =>
    ifThere(clients.logs(text(state.region)).send(new DeleteLogGroupCommand({ logGroupName: id }))),
};

/** Something that nothing here acts on: its properties are checked, and its state is what was given. */
export const kept = (required: readonly string[], optional: readonly string[], identity: readonly string[]): Kind => ({
  required,
  optional,
  identity,
  create: async (inputs) => {
    const name =
      maybe(inputs.name) ??
      maybe(inputs.functionName) ??
      required.map((property) => JSON.stringify(inputs[property])).join(" ");
    return { id: name, outputs: { arn: `arn:aws:kept:${maybe(inputs.region) ?? ""}:${account}:${name}` } };
  },
});
