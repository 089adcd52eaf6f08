import type { Logger } from "./log.ts";

export interface RunningHost {
  /** Takes nothing more, hands duties over, lets everything go. */
  stop(): Promise<void>;
}

export interface Starting<Config> {
  readonly config: Config;
  readonly processId: string;
  readonly log: Logger;
  /** Somebody asked for the process to stop. */
  readonly onStop: () => void;
}
