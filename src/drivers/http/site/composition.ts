/** A request that is ready to be written, or why there is none. */
import type { Request } from "./exchange.ts";

export interface Composed extends Request {
  readonly kind: "request";
}
export type NotComposed =
  /** The definition asks for what cannot be sent. */
  | { readonly kind: "fault"; readonly reason: string }
  /** A secret of ours is not there. */
  | { readonly kind: "no-credentials"; readonly reason: string };
export type Composition = Composed | NotComposed;
