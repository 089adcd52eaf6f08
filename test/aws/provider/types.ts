// The types of resources that the stand-in knows.
import { table } from "./dynamodb/table.ts";
import { type Handler, handler } from "./resource.ts";
import { queue } from "./sqs/queue.ts";

export const types: Readonly<Record<string, Handler>> = {
  "aws:dynamodb/table:Table": handler(table),
  "aws:sqs/queue:Queue": handler(queue),
};
