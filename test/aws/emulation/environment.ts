// Two emulated regions and a witness, for tests that deploy. Where they are is told by who starts the engine.

import { defineEnvironment } from "isthmus";
import * as z from "zod";

const endpoints = z.record(z.string(), z.url()).parse(JSON.parse(process.env.ISTHMUS_EMULATED_REGIONS ?? "{}"));

export default defineEnvironment({
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  endpoints,
  // Short, so that a takeover is seen within a test.
  lease: { ttlMs: 4_000, marginMs: 1_000, requestTimeoutMs: 2_000 },
  // A shop gives orders, a market is read; a warehouse is told of both.
  connectors: {
    "orders-in": "../src/hosts/node/test-support/definitions/orders-in.ts",
    "market-orders": "../src/hosts/node/test-support/definitions/orders-poll.ts",
    shipments: "../test/aws/lambda/definitions/shipments.ts",
  },
});
