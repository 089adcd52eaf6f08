import Table from "cli-table3";

const plain = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

export interface Column {
  readonly name: string;
  readonly align?: "right";
}

/** A table without lines, as text. */
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const made = new Table({
    head: columns.map(({ name }) => name),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: plain,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
};

export const number = (value: number): string => value.toLocaleString("en-US");

/** `0.4s`, `14m02s`, `3h05m`, `2d04h`. */
export const age = (ms: number): string => {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.floor(seconds / 60)];
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  return `${days}d${two(hours % 24)}h`;
};

export const clockTime = (wallMs: number): string =>
  `${new Date(wallMs).toISOString().slice(0, 19).replace("T", " ")}Z`;

/** What a command says: text for people, or the same as JSON. */
export interface Output {
  readonly json: unknown;
  readonly text: string;
}

export const print = ({ json, text }: Output, asJson: boolean): void => {
  process.stdout.write(`${asJson ? JSON.stringify(json) : text}\n`);
};
