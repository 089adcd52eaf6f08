// AWS over its own protocols with a light signed client: an SDK client is larger than everything a connector may weigh.
import { AwsClient as Signer } from "aws4fetch";
import type { Endpoints } from "./endpoints.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials, asked for at every call: those of a role end and are renewed. */
export type CredentialSource = () => Credentials | Promise<Credentials>;

export interface AwsCall {
  /** Name of the service in its endpoint and in the signature, for example `dynamodb`. */
  readonly service: string;
  readonly region: string;
  /** Default: the service's endpoint in the region. */
  readonly url?: string;
  /** Put after the endpoint. Default: none. */
  readonly path?: string;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number;
}

export type AwsAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: string }
  /** No answer came: the service may have done it or not. */
  | { readonly kind: "silent"; readonly reason: string };

/** Signs and makes calls. Retries nothing: who calls knows what may be repeated. */
export class AwsClient {
  readonly #credentials: CredentialSource;
  readonly #endpoints: Endpoints;

  constructor(credentials: CredentialSource, endpoints: Endpoints) {
    this.#credentials = credentials;
    this.#endpoints = endpoints;
  }

  /** Where a service of a region is reached. @returns a url with a slash at its end */
  endpoint(service: string, region: string): string {
    return this.#endpoints.of(service, region);
  }

  /** Those that calls are signed with. */
  async credentials(): Promise<Credentials> {
    return this.#credentials();
  }

  async call({
    service,
    region,
    url,
    path = "",
    method = "POST",
    headers = {},
    body,
    timeoutMs,
  }: AwsCall): Promise<AwsAnswer> {
    try {
      const signer = new Signer({ ...(await this.#credentials()), service, region, retries: 0 });
      const request = await signer.sign(url ?? this.#endpoints.of(service, region) + path, {
        method,
        headers: { ...headers },
        body: body ?? null,
      });
      const response = await fetch(request, { signal: AbortSignal.timeout(timeoutMs), redirect: "error" });
      return {
        kind: "answered",
        status: response.status,
        headers: response.headers,
        body: await response.text(),
      };
    } catch (error) {
      return { kind: "silent", reason: reasonOf(error) };
    }
  }
}

/** What fetch hides in `cause`. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
};
