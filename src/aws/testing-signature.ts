/** Whether a request is signed as AWS asks, by another implementation than the one that signs: for tests. */
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "./client.ts";

export interface SignedCall {
  readonly method: string;
  /** Path and query, as written. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("each is used once");
  }
}

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Uint8Array => {
  if (typeof data === "string") return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

export interface Scope {
  readonly service: string;
  readonly region: string;
}

/** null: it is; else what is wrong. */
export const signatureProblem = async (
  { method, url, headers, body }: SignedCall,
  credentials: Credentials,
  { service, region }: Scope,
): Promise<string | null> => {
  const [, credential, names, given] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      String(headers.authorization),
    ) ?? [];
  const date = String(headers["x-amz-date"]);
  const scope = `${credentials.accessKeyId}/${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  if (credential !== scope) return `signed for ${credential}, not for ${scope}`;
  if (headers["x-amz-security-token"] !== credentials.sessionToken) return "of another session";
  const signed = (names ?? "").split(";");
  if (!signed.includes("host")) return "the host is not signed";
  const [path = "", search = ""] = url.split("?");
  const signer = new SignatureV4({
    credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
    uriEscapePath: service !== "s3",
  });
  const made = await signer.sign(
    {
      method,
      protocol: "https:",
      hostname: String(headers.host),
      path,
      query: queryOf(search),
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
      body,
    },
    { signingDate: dateOf(date) },
  );
  return made.headers.authorization?.endsWith(`Signature=${given}`) === true ? null : "the signature is another";
};

/** As the strict read it: a "+" is a "+". */
const queryOf = (search: string): Record<string, string[]> => {
  const query: Record<string, string[]> = {};
  for (const pair of search.split("&").filter((each) => each !== "")) {
    const [name = "", value = ""] = pair.split("=").map(decodeURIComponent);
    query[name] = [...(query[name] ?? []), value];
  }
  return query;
};

/** `20260102T030405Z` */
const dateOf = (text: string): Date =>
  new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
