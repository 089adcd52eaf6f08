/** Where the services of a region are reached. */
export class Endpoints {
  readonly #byRegion: Readonly<Record<string, string>>;

  /** @param byRegion urls that take the place of all services of a region, for an emulator. Default: none */
  constructor(byRegion: Readonly<Record<string, string>> = {}) {
    this.#byRegion = byRegion;
  }

  /** @returns a url with a slash at its end */
  of(service: string, region: string): string {
    const given = this.#byRegion[region];
    return given === undefined ? `https://${service}.${region}.amazonaws.com/` : `${given.replace(/\/+$/, "")}/`;
  }
}
