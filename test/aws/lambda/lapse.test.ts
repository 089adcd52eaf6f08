// An engine that ended without telling, for a partner that would take an event twice. The handlers run here.
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "../../../src/drivers/http/driver.ts";
import { accepts, hangs, type SiteDouble, startSite } from "../../../src/drivers/http/site/site-double.ts";
import { hubAccept } from "../../../src/hosts/lambda/accept/hub-accept.ts";
import { dispatchToPartner } from "../../../src/hosts/lambda/dispatch/to-partner.ts";
import { engineKey } from "../../../src/hosts/lambda/lease/engine-claim.ts";
import shipments from "./definitions/shipments.ts";
import { handOver, publish, type Subscribed, subscribe } from "./hub.ts";
import { invocation, openPlace, type Place, region } from "./place.ts";
import { Throttling } from "./throttling.ts";

const parts = { definition: { ...shipments, idempotency: "none", onUnknown: "hold" }, driver: { send } };
let place: Place;
let site: SiteDouble;
let hub: Subscribed;
let throttling: Throttling;

beforeAll(async () => {
  [place, site] = await Promise.all([openPlace(), startSite()]);
  throttling = new Throttling(place.aws.url);
  await throttling.open();
  hub = await subscribe(place, "orders");
  await place.giveDuty();
}, 120_000);
afterAll(async () => {
  throttling?.close();
  await place?.aws.kill();
  await site?.close();
});

const surroundings = (url: string) =>
  place.surroundings({
    role: "send",
    settings: { warehouse: site.url },
    loopback: [site.endpoint],
    endpoints: { [region]: url },
  });
const dispatch = (url: string) => dispatchToPartner(parts, surroundings(url))({}, invocation(12_000));
const asked = (): number => site.calls.filter(({ method }) => method === "POST").length;
/** Whether an engine may act. */
const claim = (): Promise<"held" | "over"> =>
  new Promise((done) =>
    place.regionalTable.get([engineKey("orders")], true, (got) => {
      const until = got.kind === "got" ? Number(got.items[0]?.attributes.until) : Number.POSITIVE_INFINITY;
      done(until < Date.now() ? "over" : "held");
    }),
  );
/** Identities of what a person is to decide about, as engines told. */
const unknown = (): readonly string[] =>
  place.lines
    .filter((line) => line.includes("an entry is unknown"))
    .map((line) => /\/shop\/orders (\w+)/.exec(line)?.[1] ?? line);

test("what it may have sent is held for a person by the next one, and not sent again", async () => {
  await publish(place, ["a1", "a2", "a3"]);
  expect(await handOver(place, hub.queue, hubAccept(parts, surroundings(place.aws.url)))).toEqual({
    taken: 3,
    left: 0,
  });
  site.behave(hangs);
  void dispatch(throttling.url);
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(0);
  // From here on nothing of what it does is written, and it never ends.
  throttling.share = 1;
  await expect.poll(claim, { timeout: 10_000 }).toBe("over");
  const sent = asked();
  site.behave(accepts);
  place.lines.length = 0;
  await dispatch(place.aws.url);
  expect([...unknown()].sort()).toEqual(["a1", "a2", "a3"]);
  expect(asked()).toBe(sent);
}, 60_000);
