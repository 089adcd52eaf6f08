import type { Driver } from "../port.ts";

export const sqs: Driver = {};
