import type { Driver } from "../port.ts";

export const eventBridge: Driver = {};
