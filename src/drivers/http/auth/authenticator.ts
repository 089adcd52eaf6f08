/** The proof that each kind of `auth` makes. */
import type { AuthSpec, SiteSpec } from "../../../define/spec.ts";
import { Unsupported } from "../../unsupported.ts";
import { keyRing } from "../proof/keys.ts";
import { pairAuthenticator } from "./certificate.ts";
import { tokenAuthenticator } from "./oauth2.ts";
import { type AuthContext, type Authenticator, notSet, proved } from "./proving.ts";
import { roleAuthenticator } from "./sigv4.ts";

/** @param field where the definition says it. @throws Unsupported */
export const authenticatorOf = (site: SiteSpec, context: AuthContext, field: string): Authenticator => {
  const { auth } = site;
  if (auth === undefined) return { prove: (_request, done) => done(proved), refused: () => false };
  refuseTenantSecrets(auth, field);
  switch (auth.kind) {
    case "bearer":
      return byHeader("authorization", auth.token.secret, context, (token) => `Bearer ${token}`);
    case "api-key":
      return byHeader(auth.header.toLowerCase(), auth.key.secret, context, (key) => key);
    case "basic":
      return byHeader("authorization", auth.password.secret, context, (password) => basic(auth.user, password));
    case "oauth2":
      return tokenAuthenticator(auth, context, field);
    case "mtls":
      return pairAuthenticator(auth, context);
    case "sigv4":
      return roleAuthenticator(auth, site, context, field);
  }
};

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

const byHeader = (
  header: string,
  secret: string,
  { secrets }: AuthContext,
  write: (value: string) => string,
): Authenticator => {
  // A value with a line break would be another header; such a secret counts as not set.
  const values = keyRing(secrets, secret, (value) => (/^[\x20-\x7e]+$/.test(value) ? write(value) : null));
  return {
    prove: ({ fields }, done) => {
      const [value] = values();
      if (value === undefined) return done(notSet(secret));
      fields.set(header, value);
      done(proved);
    },
    refused: () => false,
  };
};

const refuseTenantSecrets = (auth: AuthSpec, field: string): void => {
  if (JSON.stringify(auth).includes("{tenant}")) throw new Unsupported(field, "a secret per tenant is not built yet");
};
