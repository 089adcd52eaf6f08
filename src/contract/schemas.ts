/** Schemas of the user's as JSON Schema, for what goes in. */
import * as z from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Types that JSON Schema cannot say stand as "anything". */
export const jsonSchema = (schema: z.core.$ZodType): JsonSchema => {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return made;
};

/** A CloudEvent 1.0 in its JSON format. @param data by type; null: the type is told, not what it holds */
export const cloudEventSchema = (data: JsonSchema | null, type?: string): JsonSchema => ({
  type: "object",
  required: ["specversion", "id", "source", "type"],
  properties: {
    specversion: { const: "1.0" },
    id: { type: "string", minLength: 1 },
    source: { type: "string", minLength: 1 },
    type: type === undefined ? { type: "string", minLength: 1 } : { const: type },
    time: { type: "string", format: "date-time" },
    subject: { type: "string" },
    partitionkey: { type: "string" },
    data: data ?? {},
  },
});
