/** The header by which a site knows us. */
import type { AuthSpec } from "../../../define/spec.ts";
import type { Secrets } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { keyRing } from "../proof/keys.ts";

export interface Credentials {
  /** Lower case. */
  readonly header: string;
  /** The secret's name, for people. */
  readonly secret: string;
  /** null: the secret is not set. */
  value(): string | null;
}

export const credentialsOf = (auth: AuthSpec | undefined, secrets: Secrets, field: string): Credentials | null => {
  if (auth === undefined) return null;
  switch (auth.kind) {
    case "bearer":
      return fromSecret("authorization", auth.token.secret, secrets, (token) => `Bearer ${token}`);
    case "api-key":
      return fromSecret(auth.header.toLowerCase(), auth.key.secret, secrets, (key) => key);
    case "basic":
      return fromSecret("authorization", auth.password.secret, secrets, (password) => basic(auth.user, password));
    case "oauth2":
    case "mtls":
    case "sigv4":
      throw new Unsupported(field, `${auth.kind} is not built yet: use bearer, api-key or basic`);
  }
};

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

const fromSecret = (
  header: string,
  secret: string,
  secrets: Secrets,
  write: (value: string) => string,
): Credentials => {
  if (secret.includes("{tenant}")) throw new Unsupported("partner.auth", "a secret per tenant is not built yet");
  // A value with a line break would be another header; such a secret counts as not set.
  const values = keyRing(secrets, secret, (value) => (/^[\x20-\x7e]+$/.test(value) ? write(value) : null));
  return { header, secret, value: () => values()[0] ?? null };
};
