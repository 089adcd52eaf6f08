// All rules of the pack.
import type { Rule } from "./rule.ts";
import * as functions from "./rules/functions.ts";
import * as messages from "./rules/messages.ts";
import * as policies from "./rules/policies.ts";
import * as stores from "./rules/stores.ts";

export const rules: readonly Rule[] = [policies, messages, stores, functions].flatMap((family) =>
  Object.values<Rule>(family),
);
