/** The drivers of this version: one line each. Every role of every driver runs the suite of that role (contract/). */
import { http } from "./http/driver.ts";
import type { Driver, DriverName } from "./port.ts";

export const drivers: Readonly<Record<DriverName, Driver>> = {
  http,
};
