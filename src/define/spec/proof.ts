// How calls prove who makes them, ours and theirs.
import type { Auth, Secret, Setting } from "../model.ts";

/** A type with its settings resolved to text. Secrets stay names. */
export type Resolved<T> = T extends Setting
  ? never
  : T extends (...args: never) => unknown
    ? never
    : T extends object
      ? { readonly [K in keyof T]: Resolved<T[K]> }
      : T;

export type AuthSpec = Resolved<Auth>;
export interface HmacSpec {
  readonly scheme: "hmac";
  readonly key: Secret;
  /** Lower case. */
  readonly header: string;
  readonly algorithm: "sha256" | "sha512";
  readonly encoding: "hex" | "base64";
  readonly prefix: string;
  readonly content: readonly ("body" | "timestamp" | "." | { readonly header: string })[];
  readonly timestamp: { readonly header: string; readonly toleranceMs: number } | null;
}
export type SignatureSpec = { readonly scheme: "standard-webhooks"; readonly key: Secret } | HmacSpec;
export type VerificationSpec =
  | SignatureSpec
  | { readonly scheme: "stripe"; readonly key: Secret }
  | {
      readonly scheme: "jwt";
      readonly issuer: string;
      readonly audience: string;
      readonly claims: Readonly<Record<string, string>>;
    }
  | { readonly scheme: "bearer"; readonly token: Secret }
  | { readonly scheme: "mtls"; readonly ca: string; readonly subjects: readonly string[] }
  | { readonly scheme: "iam"; readonly roles: readonly string[] };
