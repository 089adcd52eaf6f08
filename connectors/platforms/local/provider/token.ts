// `Token`: a random secret that is made once, for the processes of an environment to know each other by.
import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Kind } from "./resource.ts";

const Outputs = z.object({ value: z.string() });

export const token: Kind<object, z.infer<typeof Outputs>> = {
  inputs: z.object({}),
  outputs: Outputs,
  identity: [],
  create: async () => ({ id: "token", outputs: { value: randomBytes(32).toString("base64url") } }),
  read: async (state) => state,
  update: async (_inputs, state) => state,
  delete: async () => {},
};
