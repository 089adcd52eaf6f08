// Property values as the engine sends them: plain, secret, or not known yet (in a preview).
import { isRpcSecret, unknownValue, unwrapRpcSecret } from "@pulumi/pulumi/runtime/rpc.js";

export type Properties = Readonly<Record<string, unknown>>;

/** The value without secret marks, at every depth. */
export function open(value: unknown): unknown {
  if (isRpcSecret(value)) return open(unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map(open);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
  }
  return value;
}

/** True where the value, or something in it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  const plain = open(value);
  if (plain === unknownValue) return true;
  return typeof plain === "object" && plain !== null && Object.values(plain).some(isUnknown);
}

/** Names of the inputs that differ from the state, sorted. What is not known yet counts as different. */
export function changed(state: Properties, inputs: Properties, names: readonly string[]): readonly string[] {
  return names.filter((name) => isUnknown(inputs[name]) || text(open(state[name])) !== text(open(inputs[name]))).sort();
}

/** Canonical: equal text, equal value. */
function text(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}
