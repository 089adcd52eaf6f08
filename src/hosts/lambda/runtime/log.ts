/** Names and numbers only: what is logged is read by more people than may see a payload or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** One JSON object a line, as the log service indexes them. */
export const jsonLog = (write: (line: string) => void, source: string): Log => {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      write(JSON.stringify({ level, time: new Date().toISOString(), source, message, ...fields }));
  return { info: at("info"), warn: at("warn"), error: at("error") };
};
