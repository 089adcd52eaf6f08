/** An event as it lies in the table: `body` is the CloudEvent as JSON text. */
export type EventRow = readonly [identity: string, type: string, key: string | null, body: string];

export type Command =
  | { readonly do: "publish"; readonly time: number; readonly rows: readonly EventRow[] }
  /** Notes how far consumers are; what all have, and is older than the time, may go. */
  | { readonly do: "trim"; readonly taken: Readonly<Record<string, number>>; readonly before: number }
  | { readonly do: "register"; readonly consumer: string; readonly position: number }
  | { readonly do: "remove"; readonly consumer: string };

/** Of each event published: its position, null where its identity was known. */
export interface Answer {
  readonly positions: readonly (number | null)[];
}

export interface Changes {
  /** Of the last event. */
  readonly position: number;
}

export interface WorkerOptions {
  readonly folder: string;
  readonly maxBytes: number;
}
