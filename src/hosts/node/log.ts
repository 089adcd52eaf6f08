import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Structured logs to standard output: what happened and to which identity, never a payload and never a secret. */
export const processLog = (about: { readonly region: string; readonly processId: string }): Logger =>
  pino({ base: about, timestamp: pino.stdTimeFunctions.isoTime, level: process.env.ISTHMUS_LOG_LEVEL ?? "info" });
