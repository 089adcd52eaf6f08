// The gateway as a drill sees it: two regions that take messages, one of which can be killed and brought back.
export interface Gateway {
  /** Where each region takes the giver's messages; the first region is the one that the drill kills. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** SIGKILL to the region's process. */
  kill(region: string): Promise<void>;
  /** Resolves when another region is seen to hold the duties of this one. */
  dutyMoved(region: string, signal: AbortSignal): Promise<void>;
  /** Brings a killed region back the way a user does. */
  restart(region: string): Promise<void>;
  /** Resolves when no connector has anything pending, or after `timeoutMs`, in milliseconds. */
  settled(timeoutMs: number): Promise<void>;
}
