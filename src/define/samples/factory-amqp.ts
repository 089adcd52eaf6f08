import { amqp, defineConnector, definePartner, secret } from "isthmus";
import * as z from "zod";

export const factory = definePartner({ name: "factory", location: "on-prem" });
const login = { user: "isthmus", password: secret("factory-mq-password") };

export const measurements = defineConnector({
  partner: factory,
  via: amqp.poll({ address: "amqps://mq.factory.example:5671", queue: "DEV.QUEUE.1", login, credit: 200 }),
  message: z.object({ machine: z.string(), run: z.string(), value: z.number() }),
  events: { "machine.measured": z.object({ machine: z.string(), value: z.number() }) },
  id: ({ body, headers }) => headers["message-id"] ?? `${body.machine}/${body.run}`,
  translate: ({ body }) => ({
    type: "machine.measured",
    partitionkey: body.machine,
    data: { machine: body.machine, value: body.value },
  }),
});
export const workOrders = defineConnector({
  partner: factory,
  via: amqp.send({ address: "amqps://mq.factory.example:5671", queue: "WORK.ORDERS", login }),
  events: { "work.ordered": z.object({ machine: z.string(), job: z.string() }) },
  ordering: "key",
  onFault: "block-key",
  idempotency: "none",
  onUnknown: "hold",
  translate: ({ data }) => ({ body: data }),
});
