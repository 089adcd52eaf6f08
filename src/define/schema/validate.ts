// Runs a user's schema through Standard Schema, so that the gateway needs no zod of its own to validate with the zod (or
// zod/mini) that the definition brings.
import type * as z from "zod";
import { DefinitionFault, type FaultCode } from "../faults.ts";

export type Schema = z.core.$ZodType;

export type Validation =
  | { readonly kind: "valid"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly problem: string };

/** Validates; `problem` names the first fields that do not fit: `repository.full_name: expected string`. */
export const validate = (schema: Schema, value: unknown): Validation => {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    // Nobody waits for it: without this its rejection would end the process.
    result.catch(() => undefined);
    return { kind: "invalid", problem: "the schema is asynchronous: a schema must not await anything" };
  }
  if (result.issues === undefined) return { kind: "valid", value: result.value };
  return { kind: "invalid", problem: issueLines(result.issues) };
};

/** The validated value. Throws a `DefinitionFault` with this code, its message beginning with `subject`. */
export const validated = (schema: Schema, value: unknown, code: FaultCode, subject: string): unknown => {
  const result = validate(schema, value);
  if (result.kind === "invalid") throw new DefinitionFault(code, `${subject}: ${result.problem}`);
  return result.value;
};

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
/** The first issues in one line, each with its field. */
export const issueLines = (issues: readonly Issue[]): string => issues.slice(0, 3).map(issueLine).join("; ");

const issueLine = ({ path, message }: Issue): string => {
  const name = (path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  return name === "" ? message : `${name}: ${message}`;
};
