// Reads the stack's configuration into one typed object.
import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";

/**
 * @param subject the environment or stack, for the message
 * @throws naming every key that is wrong, and how to set it
 */
export function readSettings<T extends z.ZodObject>(schema: T, subject: string): z.output<T> {
  const config = new pulumi.Config();
  const found = Object.fromEntries(
    Object.keys(schema.shape).flatMap((key) => {
      const text = config.get(key);
      return text === undefined ? [] : [[key, value(text)]];
    }),
  );
  const result = schema.safeParse(found);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  isthmus:${path.join(".")}: ${message}`);
  throw new pulumi.RunError(`configuration of ${subject} (pulumi config set <key> ...):\n${problems.join("\n")}`);
}

/** Lists and objects are kept as JSON; anything else is text. */
function value(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
