// Entries of bundles: a module of a few lines that binds what one function needs, and nothing else.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FunctionFacts } from "../../../src/hosts/lambda/functions.ts";
import { BundleError } from "../bundle.ts";

const source = (path: string): string => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));
const quoted = (path: string): string => JSON.stringify(path);

/**
 * Of a connector's function. A driver's module exports each of its roles by name, so that the others are left out.
 *
 * @param definition absolute path
 * @param reads whether the connector polls: a receiver does for its reconcile poll alone
 */
export function driverEntry(
  { module, make, driverRoles }: FunctionFacts,
  driver: string,
  definition: string,
  reads: boolean,
): string {
  const file = source(`drivers/${driver}/driver.ts`);
  if (!existsSync(file)) throw new BundleError(`there is no driver '${driver}'`);
  const roles = driverRoles.filter((role) => role !== "poll" || reads);
  return `import definition from ${quoted(definition)};
import * as driver from ${quoted(file)};
import { ${make} } from ${quoted(source(`hosts/lambda/${module}`))};
export const handler = ${make}({ definition, driver: { ${roles.map((role) => `${role}: driver.${role}`).join(", ")} } });
`;
}

/** Of a function that the gateway has beside those of its connectors. */
export const gatewayEntry = (name: "keeper" | "admin"): string =>
  `export { handler } from ${quoted(source(`hosts/lambda/${name}/handler.ts`))};\n`;
