// An environment of many connectors, for a bench that says which.
import { defineEnvironment } from "isthmus";
import * as z from "zod";

const connector = z.object({ definition: z.string(), settings: z.record(z.string(), z.string()) });
const connectors = z.record(z.string(), connector).parse(JSON.parse(process.env.ISTHMUS_BENCH_CONNECTORS ?? "{}"));

export default defineEnvironment({
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  connectors,
});
