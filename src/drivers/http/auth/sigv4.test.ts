import { describe, expect, it, vi } from "vitest";
import { AwsClient } from "../../../aws/client.ts";
import { Endpoints } from "../../../aws/endpoints.ts";
import { type Scope, signatureProblem } from "../../../aws/testing-signature.ts";
import type { SiteSpec } from "../../../define/spec.ts";
import { contextOf, egressOf, partnerOf, sendSpecOf, systemClock } from "../../testing.ts";
import { HttpSender } from "../send/send.ts";
import { answers, type Behaviour, hangs, type SiteDouble } from "../site/site-double.ts";
import { double, never, open, send } from "./testing.ts";

const ours = { accessKeyId: "AKIAOURS", secretAccessKey: "our-own-secret" };
const role = "arn:aws:iam::111122223333:role/acme";
const keyOf = (round: number) => ({
  accessKeyId: `ASIA${round}`,
  secretAccessKey: `role/secret+${round}=`,
  sessionToken: `session/${round}+==`,
});

/** Gives the role's credentials number 1, 2 and so on. */
const gives = (now: { readonly ms: number }, lifetimeS = 3_600): Behaviour => {
  let round = 0;
  return (call, response) => {
    round += 1;
    const { accessKeyId, secretAccessKey, sessionToken } = keyOf(round);
    const expiration = new Date(now.ms + lifetimeS * 1_000).toISOString();
    const xml = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
      <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/acme/isthmus</Arn></AssumedRoleUser>
      <Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
      <SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration></Credentials>
      </AssumeRoleResult></AssumeRoleResponse>`;
    answers(200, { "content-type": "text/xml" }, xml)(call, response);
  };
};

const worldOf = async (
  change: {
    readonly site?: Partial<SiteSpec>;
    readonly issue?: (now: { ms: number }) => Behaviour;
    path?: string;
  } = {},
) => {
  const now = { ms: Date.now() };
  const [sts, site] = [await double((change.issue ?? gives)(now)), await double()];
  const url = `${site.url}${change.path ?? ""}`;
  const spec: SiteSpec = {
    url,
    region: "eu-west-1",
    auth: { kind: "sigv4", role, externalId: "ours & theirs" },
    maintenance: [],
    ...change.site,
  };
  const client = new AwsClient(() => ours, new Endpoints({ "us-east-1": sts.url }));
  const sender = new HttpSender(
    sendSpecOf({ compress: "gzip" }, { partner: partnerOf({ sites: { main: spec } }) }),
    egressOf(),
    {
      ...contextOf({}, { loopback: [site.endpoint] }, { ...systemClock, wallMs: () => now.ms }),
      aws: { client, region: "us-east-1" },
    },
  );
  open.push({ close: () => new Promise<void>((resolve) => sender.close(resolve)) });
  return { sts, site, sender, now };
};

const problemsOf = (site: SiteDouble, round: number, scope: Scope) =>
  Promise.all(site.calls.map((call) => signatureProblem(call, keyOf(round), scope)));

describe("a request is signed by the partner's role", () => {
  const scope = { service: "execute-api", region: "eu-west-1" };
  const requests: readonly (readonly [string, object])[] = [
    ["a body", { body: { a: 1 } }],
    ["no body", { method: "GET" }],
    ["a body that is compressed", { body: { text: "x".repeat(5_000) } }],
    ["a query with spaces and signs", { query: { b: "2 + 2", a: "ä&=/", empty: "" } }],
    ["a query in the path", { path: "/orders?b=2&a=1" }],
    ["a path that is encoded", { path: "/orders/a%20b/c%2Fd" }],
    ["characters that a url would write otherwise", { path: "/orders/{1}|'x'" }],
    ["headers of its own", { headers: { "x-amz-date": "yesterday", "X-Acme": "a   b" }, body: {} }],
  ];
  it.each(requests)("as another implementation signs it: %s", async (_name, output) => {
    const { site, sender } = await worldOf({ path: "/prod" });
    expect(await send(sender, { output })).toMatchObject({ verdict: "delivered" });
    expect(await problemsOf(site, 1, scope)).toEqual([null]);
  });

  it("for the service that the definition names, an archive's content included", async () => {
    const { site, sender } = await worldOf({ site: { auth: { kind: "sigv4", role, service: "s3" } } });
    await send(sender, { output: { method: "PUT", path: "/bucket/a%20b", body: { a: 1 } } });
    expect(await problemsOf(site, 1, { service: "s3", region: "eu-west-1" })).toEqual([null]);
    expect(site.calls[0]?.headers["x-amz-content-sha256"]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("and not for a body, a region or credentials that are others", async () => {
    const { site, sender } = await worldOf();
    await send(sender);
    const [call] = site.calls;
    if (call === undefined) throw new Error("nothing was sent");
    expect(await signatureProblem({ ...call, body: Buffer.from("{}") }, keyOf(1), scope)).not.toBeNull();
    expect(await problemsOf(site, 1, { ...scope, region: "eu-west-2" })).not.toEqual([null]);
    expect(await problemsOf(site, 2, scope)).not.toEqual([null]);
  });
});

describe("the role", () => {
  it("is taken on with the external id, signed by ours, once for all that are sent at once", async () => {
    const { sts, site, sender } = await worldOf();
    await Promise.all(Array.from({ length: 10 }, () => send(sender)));
    expect(site.calls.length).toBe(10);
    const [call, ...others] = sts.calls;
    if (call === undefined) throw new Error("nobody asked");
    expect(others).toEqual([]);
    expect(Object.fromEntries(new URLSearchParams(call.body.toString("utf8")))).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: role,
      RoleSessionName: "isthmus",
      ExternalId: "ours & theirs",
    });
    expect(await signatureProblem(call, ours, { service: "sts", region: "us-east-1" })).toBeNull();
  });

  it("is taken on anew before its credentials end", async () => {
    const { sts, site, sender, now } = await worldOf();
    await send(sender);
    now.ms += 3_550_000;
    await send(sender);
    await vi.waitFor(() => expect(sts.calls.length).toBe(2));
    now.ms += 50_000;
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
    expect(site.calls.map(({ headers }) => headers["x-amz-security-token"])).toEqual([
      keyOf(1).sessionToken,
      keyOf(1).sessionToken,
      keyOf(2).sessionToken,
    ]);
  });

  const refused = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`;
  const troubles: readonly (readonly [string, Behaviour, RegExp])[] = [
    ["that is not given to us", answers(403, {}, refused), /cannot be taken on: 403 AccessDenied/],
    ["whose service fails", answers(500), /cannot be taken on: 500/],
    ["whose service answers nonsense", answers(200, {}, "<a/>"), /holds no credentials/],
    ["whose service hangs", hangs, /no credentials in time/],
  ];
  it.each(troubles)("%s: nothing is sent, and it counts against our credentials", async (_name, issue, reason) => {
    const { site, sender } = await worldOf({ issue: () => issue });
    const answer = await send(sender, { timeoutMs: 200 });
    expect(answer).toMatchObject({ ...never, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(answer)).not.toContain(ours.secretAccessKey);
    expect(site.bytes()).toBe(0);
  });
});

describe("what is signed for is told by the address", () => {
  const { aws } = { aws: { client: new AwsClient(() => ours, new Endpoints({})), region: "us-east-1" } };
  const build = (url: string) => () =>
    new HttpSender(
      sendSpecOf(
        {},
        { partner: partnerOf({ sites: { main: { url, auth: { kind: "sigv4", role }, maintenance: [] } } }) },
      ),
      egressOf(),
      { ...contextOf({}), aws },
    );

  it.each([
    "https://abc.execute-api.us-west-2.amazonaws.com/prod",
    "https://abc.lambda-url.us-west-2.on.aws",
    "https://sqs.us-west-2.amazonaws.com",
  ])("%s", (url) => expect(build(url)).not.toThrow());

  it("or must be told: a name of their own says no region", () => {
    expect(build("https://api.partner.example")).toThrow(/sigv4 signs for a region/);
  });
});
