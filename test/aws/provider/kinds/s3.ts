// Buckets, without an SDK client of their own: two calls are all that is needed. How they are kept is in the state alone.
import { type AwsCall, AwsClient } from "../../../../src/aws/client.ts";
import { Endpoints } from "../../../../src/aws/endpoints.ts";
import type { Clients } from "../clients.ts";
import { type Inputs, type Kind, maybe, text } from "../kind.ts";

async function call(
  { regions }: Clients,
  region: string,
  method: NonNullable<AwsCall["method"]>,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new AwsClient(() => credentials, new Endpoints(regions));
  const answer = await client.call({
    service: "s3",
    region,
    method,
    path,
    timeoutMs: 10_000,
    ...(body !== undefined && { body }),
  });
  if (answer.kind === "silent") throw new Error(`S3 in ${region} does not answer: ${answer.reason}`);
  return answer;
}

async function good(
  clients: Clients,
  region: string,
  method: "PUT" | "DELETE",
  path: string,
  input?: string,
): Promise<void> {
  const { status, body } = await call(clients, region, method, path, input);
  if (status >= 300 && !(method === "DELETE" && status === 404))
    throw new Error(`S3: ${method} ${path}: ${codeIn(body)}`);
}

const codeIn = (body: string): string => /<Code>([^<]+)<\/Code>/.exec(body)?.[1] ?? body;

/** Names of the objects of a bucket; of one that is gone, none. */
async function objectsIn(clients: Clients, region: string, name: string): Promise<readonly string[]> {
  const { body } = await call(clients, region, "GET", name);
  return [...body.matchAll(/<Key>([^<]+)<\/Key>/g)].flatMap(([, key]) => key ?? []);
}

/** As on AWS, one that holds something is not deleted, but where it says `forceDestroy`. */
async function removeBucket(id: string, state: Inputs, clients: Clients): Promise<void> {
  const region = text(state.region);
  for (;;) {
    const found = state.forceDestroy === true ? await objectsIn(clients, region, id) : [];
    if (found.length === 0) break;
    for (const object of found) await good(clients, region, "DELETE", `${id}/${object}`);
  }
  await good(clients, region, "DELETE", id);
}

/** Every region but the first of AWS has to be named. */
const placeOf = (region: string): string =>
  region === "us-east-1"
    ? ""
    : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;

export const bucket: Kind = {
  required: ["bucket", "region"],
  optional: ["forceDestroy", "tags"],
  identity: ["bucket", "region"],
  create: async (inputs, clients) => {
    const name = text(inputs.bucket);
    const region = text(inputs.region);
    if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) throw new Error(`S3 takes no bucket of the name '${name}'`);
    await good(clients, region, "PUT", name, placeOf(region));
    return {
      id: name,
      outputs: { arn: `arn:aws:s3:::${name}`, bucketDomainName: `${name}.s3.amazonaws.com`, bucketRegion: region },
    };
  },
  remove: removeBucket,
  exists: async (id, state, clients) => (await call(clients, text(state.region), "GET", id)).status !== 404,
};

/** What is said of a bucket: checked and kept in the state. */
export const ofBucket = (...properties: readonly string[]): Kind => ({
  required: ["bucket", "region", ...properties],
  optional: [],
  identity: ["bucket", "region"],
  create: async (inputs) => ({ id: maybe(inputs.bucket) ?? "", outputs: {} }),
});
