import type { ConnectorSpec } from "../../define/spec.ts";

const masked = "***";

/** A payload as people may see it: fields that the definition calls `personal` are masked. */
export const maskPayload = (spec: Pick<ConnectorSpec, "role" | "personal">, payload: string): unknown => {
  const stored: unknown = JSON.parse(payload);
  if (spec.personal.length === 0) return stored;
  if (spec.role === "send" || spec.role === "feed") return maskAll(stored, spec.personal);
  if (!isRecord(stored) || typeof stored.body !== "string") return masked;
  try {
    return { ...stored, body: JSON.stringify(maskAll(JSON.parse(stored.body), spec.personal)) };
  } catch {
    // A body in which fields cannot be found is masked as a whole.
    return { ...stored, body: masked };
  }
};

const maskAll = (value: unknown, pointers: readonly string[]): unknown => {
  for (const pointer of pointers) maskAt(value, pointer.split("/").slice(1).map(unescaped));
  return value;
};

/** JSON pointers (RFC 6901) write `/` as `~1` and `~` as `~0`. */
const unescaped = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~");

const maskAt = (value: unknown, [step, ...rest]: readonly string[]): void => {
  if (step === undefined || !isRecord(value) || !(step in value)) return;
  if (rest.length === 0) value[step] = masked;
  else maskAt(value[step], rest);
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
