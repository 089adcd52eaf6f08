import type { Parsed } from "../parse/parse.ts";
import type { LeasePolicy, Platform } from "../policy.ts";
import type { Problem } from "../problem.ts";
import type { ConnectorSpec } from "../spec.ts";

/** What a rule sees: the definition as parsed (what was stated) and as resolved (with defaults). */
export interface CheckContext {
  readonly parsed: Parsed;
  readonly spec: ConnectorSpec;
  readonly platform: Platform;
  readonly lease: LeasePolicy;
  /** Loopback addresses (`host:port`) that partners may have. */
  readonly loopback: readonly string[];
}
export type Rule = (context: CheckContext) => readonly Problem[];

/** The rule's problem where the condition holds. */
export const when = (condition: boolean, problem: () => Problem): readonly Problem[] => (condition ? [problem()] : []);

/** Whether the connector makes calls to the partner's sites. */
export const callsSites = (spec: ConnectorSpec): boolean =>
  spec.role === "send" ||
  spec.role === "poll" ||
  spec.has.fetch ||
  (spec.role === "receive" && spec.reconcile !== null);

/** Names of the endpoint services through which sites are called, each once. */
export const privateServices = ({ partner }: ConnectorSpec): readonly string[] => [
  ...new Set(Object.values(partner.sites).flatMap(({ privateService }) => privateService ?? [])),
];
