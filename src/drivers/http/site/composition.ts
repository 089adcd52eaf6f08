/** A request that lacks only the proof of who makes it, or why there is none. */
import type { Fields } from "./fields.ts";

export interface Composed {
  readonly kind: "request";
  readonly method: string;
  readonly path: string;
  readonly fields: Fields;
  readonly body: string | Buffer | null;
}
export type NotComposed =
  /** The definition asks for what cannot be sent. */
  | { readonly kind: "fault"; readonly reason: string }
  /** A secret of ours is not there, or what it is to be exchanged for. */
  | { readonly kind: "no-credentials"; readonly reason: string };
export type Composition = Composed | NotComposed;
