import type { ConnectorSpec, DriverName } from "../define/spec.ts";

/** The connector as one of the driver's. @throws Error where it is another's: the host mixed them up */
export const ownSpec = <D extends DriverName, S extends ConnectorSpec>(
  driver: D,
  spec: S,
): Extract<S, { readonly driver: D }> => {
  if (isOf(driver, spec)) return spec;
  throw new Error(`'${spec.name}' is a connector of the driver '${spec.driver}', not of '${driver}'`);
};

const isOf = <D extends DriverName, S extends ConnectorSpec>(
  driver: D,
  spec: S,
): spec is Extract<S, { readonly driver: D }> => spec.driver === driver;
