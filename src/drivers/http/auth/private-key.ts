/** A secret's value as a key that signs assertions: PEM, or a JWK with its `kid`. */
import { createPrivateKey, type KeyObject, type webcrypto } from "node:crypto";
import type { PrivateKey } from "oauth4webapi";
import { parseJson } from "../json.ts";

/** null: it is no private key, or of a kind that signs no assertion. */
export const signingKey = (secret: string): PrivateKey | null => {
  try {
    const jwk = parseJson(secret);
    if (typeof jwk !== "object" || jwk === null) return cryptoKeyOf(createPrivateKey(secret));
    const key = cryptoKeyOf(createPrivateKey({ key: { ...jwk }, format: "jwk" }));
    if (key === null || !("kid" in jwk) || typeof jwk.kid !== "string") return key;
    return { ...key, kid: jwk.kid };
  } catch {
    return null;
  }
};

const curves: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

const cryptoKeyOf = (key: KeyObject): { readonly key: webcrypto.CryptoKey } | null => {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return { key: key.toCryptoKey({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["sign"]) };
    case "ed25519":
      return { key: key.toCryptoKey({ name: "Ed25519" }, false, ["sign"]) };
    case "ec": {
      const namedCurve = curves[key.asymmetricKeyDetails?.namedCurve ?? ""];
      if (namedCurve === undefined) return null;
      return { key: key.toCryptoKey({ name: "ECDSA", namedCurve }, false, ["sign"]) };
    }
    default:
      return null;
  }
};
