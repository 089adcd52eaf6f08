/** A token endpoint and a site that asks for its tokens, for the tests of oauth2. */
import { accepts, answers, type Behaviour, type SiteDouble } from "../site/site-double.ts";
import type { OAuth2Spec } from "./oauth2.ts";
import { double, senderIn, type World } from "./testing.ts";

export const secret = "s3cr3t/of:ours";
export const json = { "content-type": "application/json" };
export const authOf = (issuer: Pick<SiteDouble, "url">, change: Partial<OAuth2Spec> = {}): OAuth2Spec => ({
  kind: "oauth2",
  tokenUrl: `${issuer.url}/token`,
  clientId: "acme client",
  client: { secret: { secret: "client" } },
  ...change,
});

/** Gives `t-1`, `t-2` and so on. */
export const gives = (lifetimeS: number | null = 3_600): Behaviour => {
  let given = 0;
  return (call, response) => {
    given += 1;
    const body = {
      access_token: `t-${given}`,
      token_type: "Bearer",
      ...(lifetimeS !== null && { expires_in: lifetimeS }),
    };
    answers(200, json, JSON.stringify(body))(call, response);
  };
};

/** Takes none of these tokens. */
export const refuses =
  (...tokens: readonly string[]): Behaviour =>
  (call, response) => {
    const token = (call.headers.authorization ?? "").replace("Bearer ", "");
    (tokens.includes(token) ? answers(401) : accepts)(call, response);
  };

export const worldOf = async (issue: Behaviour = gives(), change: Partial<World> = {}) => {
  const [issuer, site] = [await double(issue), await double()];
  const loopback = [issuer.endpoint, site.endpoint];
  const secrets: Record<string, readonly string[]> = { client: [secret] };
  const now = { ms: Date.now() };
  const sender = senderIn({ auth: authOf(issuer), url: site.url, loopback, secrets, now, ...change });
  return { issuer, site, sender, secrets, now, loopback };
};
export const tokensAt = ({ calls }: SiteDouble) => calls.map(({ headers }) => headers.authorization);
export const askedOf = ({ calls }: SiteDouble) => calls.map(({ body }) => new URLSearchParams(body.toString("utf8")));
