// A queue has no place to read on from: what stands for it is which messages have been read and are to be deleted. The
// core presents it only when they are durable.
import * as z from "zod/mini";

/** Receipts by site. */
export type Receipts = Readonly<Record<string, readonly string[]>>;

const cursor = z.object({ delete: z.record(z.string(), z.array(z.string())) });

export const cursorOf = (receipts: Receipts): string => JSON.stringify({ delete: receipts });

/** None where it is no cursor of a queue's: what it named comes again and is known. */
export const receiptsIn = (text: string | null): Receipts => {
  if (text === null) return {};
  try {
    return cursor.parse(JSON.parse(text)).delete;
  } catch {
    return {};
  }
};
