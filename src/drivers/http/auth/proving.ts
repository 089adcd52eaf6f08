/** How a request to a site proves who makes it. */
import type { Done } from "../../../core/ports.ts";
import type { DriverContext } from "../../port.ts";
import type { DocumentReader } from "../network/documents.ts";
import type { ClientIdentity } from "../network/guard.ts";
import type { Composed, NotComposed } from "../site/composition.ts";

export type Proving =
  /** `path`: the request's target as the proof has it. Default: as it was composed. */
  { readonly kind: "proved"; readonly path?: string } | Extract<NotComposed, { readonly kind: "no-credentials" }>;

export interface Authenticator {
  /** Puts the proof on a request that is otherwise complete. In the same tick unless something must be fetched first. */
  prove(request: Composed, done: Done<Proving>): void;
  /** The site answered 401 to the request. True: proved anew it may be taken. */
  refused(request: Composed): boolean;
  /** Of new connections, where they prove us too. null: it is not there now, or its parts do not belong together. */
  readonly identity?: () => ClientIdentity | null;
}

export interface AuthContext extends DriverContext {
  readonly documents: DocumentReader;
}

export const proved: Proving = { kind: "proved" };
export const unproved = (reason: string): Proving => ({ kind: "no-credentials", reason });
export const notSet = (secret: string): Proving => unproved(`the secret '${secret}' is not set`);
