/**
 * Epochs that this process has asked for. None is asked for twice, whether a voter has seen it or not: what a failed round
 * gives back may arrive late, and must not free what a later round was granted.
 */
export class AskedEpochs {
  readonly #last = new Map<string, number>();

  /**
   * @param highestSeen by the voters that were heard
   * @returns the epoch to ask for the duty, or the exception of one connector, under
   */
  next(duty: string, connector: string | undefined, highestSeen: number): number {
    const lease = connector === undefined ? duty : `${duty}/${connector}`;
    const epoch = Math.max(this.#last.get(lease) ?? 0, highestSeen) + 1;
    this.#last.set(lease, epoch);
    return epoch;
  }
}
