// A connector that sends, while its partner refuses. The handlers run here, against an emulated region.
import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { send } from "../../../src/drivers/http/driver.ts";
import {
  accepts,
  answers,
  type Behaviour,
  type SiteDouble,
  startSite,
} from "../../../src/drivers/http/site/site-double.ts";
import { hubAccept } from "../../../src/hosts/lambda/accept/hub-accept.ts";
import { dispatchToPartner } from "../../../src/hosts/lambda/dispatch/to-partner.ts";
import type { ConnectorParts } from "../../../src/hosts/lambda/runtime/connector.ts";
import definition from "./definitions/shipments.ts";
import { handOver, publish, type Subscribed, subscribe } from "./hub.ts";
import { invocation, openPlace, type Place } from "./place.ts";

const parts = { definition, driver: { send } };
const holdsLittle = { ...parts, definition: { ...definition, hold: { capacity: "300B" } } };
let place: Place;
let site: SiteDouble;
let hub: Subscribed;

beforeAll(async () => {
  [place, site] = await Promise.all([openPlace(), startSite()]);
  hub = await subscribe(place, "orders");
  await place.giveDuty();
}, 120_000);
afterEach(() => site.behave(accepts));
afterAll(async () => {
  await place?.aws.kill();
  await site?.close();
});

const surroundings = () =>
  place.surroundings({ role: "send", settings: { warehouse: site.url }, loopback: [site.endpoint] });
/** Each by a function that has just started. */
const accept = (of: ConnectorParts = parts) => handOver(place, hub.queue, hubAccept(of, surroundings()));
const dispatch = (remainingMs: number) => dispatchToPartner(parts, surroundings())({}, invocation(remainingMs));
/** Ids of the requests that were made with this method and answered well. */
const posted = (): readonly string[] =>
  site.calls.filter(({ method }) => method === "POST").map(({ headers }) => String(headers["webhook-id"]));

test("at capacity what comes stays in the queue, and goes on once the partner takes again", async () => {
  site.behave(answers(503));
  await publish(place, ["a1", "a2", "a3", "a4"]);
  expect(await accept(holdsLittle)).toEqual({ taken: 4, left: 0 });
  await dispatch(9_000);
  await publish(place, ["b1", "b2"]);
  expect(await accept(holdsLittle)).toEqual({ taken: 0, left: 2 });
  const tried = posted().length;
  site.behave(accepts);
  await dispatch(20_000);
  expect(posted().slice(tried).sort()).toEqual(["a1", "a2", "a3", "a4"]);
  expect(await accept(holdsLittle)).toEqual({ taken: 2, left: 0 });
  await dispatch(20_000);
  expect(
    posted()
      .slice(tried + 4)
      .sort(),
  ).toEqual(["b1", "b2"]);
}, 60_000);

/** Takes what is signed by this value, and nothing else. */
const signedBy =
  (secret: string, taken: string[]): Behaviour =>
  ({ method, headers, body }, response) => {
    const [id, at] = [headers["webhook-id"], headers["webhook-timestamp"]];
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
    const well = method !== "POST" || String(headers["webhook-signature"]).includes(signature);
    if (well && method === "POST") taken.push(String(id));
    response.writeHead(well ? 204 : 401).end();
  };

test("a secret that is changed while an engine sends is used by that engine", async () => {
  const fresh = `whsec_${Buffer.from("a fresh one").toString("base64")}`;
  const taken: string[] = [];
  site.behave(signedBy(fresh, taken));
  await publish(place, ["c1"]);
  expect(await accept()).toEqual({ taken: 1, left: 0 });
  const before = posted().length;
  const engine = dispatch(40_000);
  await expect.poll(() => posted().length, { timeout: 10_000 }).toBeGreaterThan(before);
  const input = { SecretId: "gate/shop", SecretString: fresh };
  await place.call("secretsmanager", "1.1", "secretsmanager.PutSecretValue", input);
  await expect.poll(() => taken, { timeout: 20_000 }).toEqual(["c1"]);
  await engine;
  expect(taken).toEqual(["c1"]);
}, 60_000);
