import type { IdentityReport } from "../../core/ports.ts";
import type { ConnectorSpec } from "../../define/spec.ts";
import { maskPayload } from "./masking.ts";
import { identityParts } from "./translation/events.ts";

/** An identity with what is known of it; personal fields are masked. */
export interface ShownEntry extends Omit<IdentityReport, "payload"> {
  readonly id: string;
  readonly reason: string | null;
  readonly payload: unknown;
}

/** @param spec undefined: nothing is known of the connector, so that nothing of a payload can be shown */
export const shownOf = (
  report: IdentityReport,
  spec: Pick<ConnectorSpec, "role" | "personal"> | undefined,
): ShownEntry => ({
  ...report,
  id: identityParts(report.identity).id,
  reason: report.settlements.findLast(({ outcome }) => outcome === report.outcome)?.reason ?? null,
  payload: spec === undefined ? null : maskPayload(spec, report.payload),
});

/** Whole identities (`<source> <id>`) that an id may stand for: of each connector that accepts from a partner one. */
export const identitiesOf = (
  id: string,
  connectors: readonly { readonly name: string; readonly role: ConnectorSpec["role"]; readonly partner: string }[],
): readonly string[] => {
  if (id.includes(" ")) return [id];
  return connectors.flatMap(({ name, role, partner }) =>
    role === "receive" || role === "poll" ? [`/${partner}/${name} ${id}`] : [],
  );
};
