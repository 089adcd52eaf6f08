/** When a source says that something was written: compared and set back in the form that the source writes. */

const longestFraction = 18;
const dateTime = /^(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d:\d\d)(?:\.(\d{1,18}))?([Zz]|[+-]\d\d:?\d\d)?$/;
const number = /^(\d{1,30})(?:\.(\d{1,18}))?$/;

export class Moment {
  /** As the source wrote it. */
  readonly text: string;
  /** Whether it names a time: a small number only counts. */
  readonly timed: boolean;
  readonly #whole: bigint;
  /** Of equal length in all. */
  readonly #fraction: string;
  readonly #earlier: (byMs: number) => string;

  constructor(text: string, whole: bigint, fraction: string, timed: boolean, earlier: (byMs: number) => string) {
    this.text = text;
    this.timed = timed;
    this.#whole = whole;
    this.#fraction = fraction.padEnd(longestFraction, "0");
    this.#earlier = earlier;
  }

  isAfter(other: Moment): boolean {
    return this.#whole === other.#whole ? this.#fraction > other.#fraction : this.#whole > other.#whole;
  }

  /** A text of the same form, so much earlier or a little more. */
  earlier(byMs: number): string {
    return byMs <= 0 ? this.text : this.#earlier(byMs);
  }
}

/** An RFC 3339 time, also with a space or without a zone, or a number of JSON or in text; null: none of them. */
export const momentOf = (value: unknown): Moment | null => {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return null;
  return timeOf(text) ?? numberOf(text);
};

const timeOf = (text: string): Moment | null => {
  const [, date = "", separator = "", time = "", fraction = "", zone = ""] = dateTime.exec(text) ?? [];
  const localMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(localMs)) return null;
  return new Moment(text, BigInt(localMs - zoneMs(zone)), fraction, true, (byMs) => {
    const earlier = localMs + Number(fraction.slice(0, 3).padEnd(3, "0")) - byMs;
    const [day = "", clock = ""] = new Date(Math.max(earlier, 0)).toISOString().slice(0, -1).split("T");
    const [seconds = "", ms = ""] = clock.split(".");
    const digits = ms.padEnd(fraction.length, "0").slice(0, fraction.length);
    return `${day}${separator}${seconds}${digits === "" ? "" : `.${digits}`}${zone}`;
  });
};

const zoneMs = (zone: string): number => {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};

const numberOf = (text: string): Moment | null => {
  const [, whole, fraction = ""] = number.exec(text) ?? [];
  if (whole === undefined) return null;
  const { timed, units } = scaleOf(BigInt(whole));
  return new Moment(text, BigInt(whole), fraction, timed, (byMs) => {
    const earlier = BigInt(whole) - units(byMs);
    const digits = fraction === "" ? "" : `.${fraction.replaceAll(/\d/g, "0")}`;
    return `${earlier < 0n ? 0n : earlier}${digits}`;
  });
};

/** What a number counts since 1970, by its size; a small one counts something else, taken as one for each millisecond. */
const scaleOf = (whole: bigint): { readonly timed: boolean; readonly units: (ms: number) => bigint } => {
  if (whole < 100_000_000n) return { timed: false, units: (ms) => BigInt(ms) };
  if (whole < 100_000_000_000n) return { timed: true, units: (ms) => BigInt(Math.ceil(ms / 1_000)) };
  if (whole < 100_000_000_000_000n) return { timed: true, units: (ms) => BigInt(ms) };
  if (whole < 100_000_000_000_000_000n) return { timed: true, units: (ms) => BigInt(ms) * 1_000n };
  return { timed: true, units: (ms) => BigInt(ms) * 1_000_000n };
};
