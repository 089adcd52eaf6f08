/** The drivers of this version: one line each. Every role of every driver runs the suite of that role (contract/). */
import { eventBridge } from "./event-bridge/driver.ts";
import { http } from "./http/driver.ts";
import type { Driver, DriverName } from "./port.ts";
import { sqs } from "./sqs/driver.ts";

export const drivers: Readonly<Record<DriverName, Driver>> = {
  http,
  sqs,
  "event-bridge": eventBridge,
};
