/** Cursors as readers hold them: signed, so that nobody makes one, changes one or uses another's. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Vector } from "../../../core/records.ts";

/** Longer ones are not looked at. Characters: that of a vector of a few hundred journals. */
const longestCursor = 8_192;
const shortestKey = 32;

export type Opened =
  | { readonly kind: "cursor"; readonly vector: Vector }
  /** Not one that was made with this key. */
  | { readonly kind: "unreadable" }
  /** Made here, for another reader or connector. */
  | { readonly kind: "foreign" };

/** What a cursor says. Only texts that this file signed are read back. */
interface Content {
  readonly connector: string;
  readonly reader: string;
  readonly vector: Vector;
}

/** Seals and opens the cursors of one connector, in every region that has the key. */
export class CursorSeal {
  readonly #connector: string;
  readonly #key: Uint8Array;

  /** @throws RangeError where the key has less than 32 bytes */
  constructor(connector: string, key: Uint8Array) {
    if (key.length < shortestKey)
      throw new RangeError(`cursorKey: ${key.length} bytes, at least ${shortestKey} needed`);
    this.#connector = connector;
    this.#key = key;
  }

  seal(reader: string, vector: Vector): string {
    const content: Content = { connector: this.#connector, reader, vector };
    const text = Buffer.from(JSON.stringify(content)).toString("base64url");
    return `${text}.${this.#sign(text)}`;
  }

  open(reader: string, cursor: string): Opened {
    if (cursor.length > longestCursor) return { kind: "unreadable" };
    const dot = cursor.indexOf(".");
    const text = cursor.slice(0, Math.max(0, dot));
    // The signature's text is compared, not its bytes: base64 has many texts for the same bytes.
    if (!isSame(cursor.slice(dot + 1), this.#sign(text))) return { kind: "unreadable" };
    const content: Content = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (content.connector !== this.#connector || content.reader !== reader) return { kind: "foreign" };
    return { kind: "cursor", vector: content.vector };
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

const isSame = (given: string, expected: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
};
