import { defineConnector, eventBridge } from "isthmus";
import * as z from "zod";
import { theirAccount } from "../../partner/queues/names.ts";
import { aa, common } from "../queues.ts";
import { event, item } from "../roles.ts";

const put = z.object({ detail: item });

export default defineConnector({
  ...common,
  partner: aa,
  via: eventBridge.receive({ accounts: [theirAccount] }),
  message: put,
  id: ({ body }) => body.detail.id,
  events: { "receive-aa.given": event },
  translate: ({
    body: {
      detail: { n, key, ballast },
    },
  }) => ({
    type: "receive-aa.given",
    partitionkey: key,
    data: { n, key, ballast },
  }),
});
