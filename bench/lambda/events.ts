// What an event costs in the handlers of each role, against one emulated region.
import type { Role } from "../../src/define/model.ts";
import { feed, poll, receive, send } from "../../src/drivers/http/driver.ts";
import { startSite } from "../../src/drivers/http/site/site-double.ts";
import { httpAccept } from "../../src/hosts/lambda/accept/http-accept.ts";
import { hubAccept } from "../../src/hosts/lambda/accept/hub-accept.ts";
import type { ConnectorConfig } from "../../src/hosts/lambda/config.ts";
import { dispatchToHub } from "../../src/hosts/lambda/dispatch/to-hub.ts";
import { dispatchToPartner } from "../../src/hosts/lambda/dispatch/to-partner.ts";
import { dispatchToReaders } from "../../src/hosts/lambda/dispatch/to-readers.ts";
import { serveFeed } from "../../src/hosts/lambda/feed/feed.ts";
import ordersFeed from "../../src/hosts/node/test-support/definitions/orders-feed.ts";
import ordersIn from "../../src/hosts/node/test-support/definitions/orders-in.ts";
import ordersOut from "../../src/hosts/node/test-support/definitions/orders-out.ts";
import ordersPoll from "../../src/hosts/node/test-support/definitions/orders-poll.ts";
import { Market } from "../../src/hosts/node/test-support/market.ts";
import { entryOf } from "../../src/hub/event-bridge/entries.ts";
import { httpCall, invocation, openPlace, type Place } from "../../test/aws/lambda/place.ts";
import { makeTable } from "../../test/aws/ministack/tables.ts";
import { costOf, type EventCost } from "./meter.ts";

/** What the functions of a connector do, for an event of its role. */
export type Step = "accept" | "dispatch" | "read";
export type RoleCosts = Readonly<Partial<Record<Step, EventCost>>>;

/** Of a batch of the hub's queue. */
const batchSize = 10;
/** An engine that polls works for as long as it may: it is given this long, and stops some seconds before. Milliseconds. */
const pollingMs = 12_000;

/** @param count of events, for each role */
export const eventCosts = async (count: number): Promise<Readonly<Record<Role, RoleCosts>>> => {
  const place = await openPlace();
  try {
    for (const role of ["receive", "poll", "send", "feed"]) await makeTable(place.aws, `orders-${role}`);
    return {
      receive: await received(place, count),
      poll: await polled(place, count),
      send: await sent(place, count),
      feed: await fed(place, count),
    };
  } finally {
    await place.aws.kill();
  }
};

/** @throws Error where the engine's time was over before its work was done */
const whole = (done: number, count: number): void => {
  if (done < count) throw new Error(`only ${done} of ${count} events were done in time`);
};

const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `m${at}`);

/** A connector of its own, with a table of its own. */
const configOf = (role: Role, change: Partial<ConnectorConfig> = {}): Partial<ConnectorConfig> => ({
  role,
  name: `orders-${role}`,
  table: `orders-${role}`,
  secrets: [],
  ...change,
});

const received = async (place: Place, count: number): Promise<RoleCosts> => {
  const parts = { definition: ordersIn, driver: { receive } };
  const config = configOf("receive", { secrets: ["shop"] });
  await place.giveDuty();
  const calls = ids(count).map((id) => httpCall(id, JSON.stringify({ order: id })));
  const accept = await costOf(count, async (units) => {
    const handler = httpAccept(parts, place.surroundings(config, units));
    for (const call of calls) await handler(call, invocation());
  });
  const dispatch = await costOf(count, (units) =>
    dispatchToHub(parts, place.surroundings(config, units))({}, invocation()),
  );
  return { accept, dispatch };
};

/** One function reads, accepts and publishes. */
const polled = async (place: Place, count: number): Promise<RoleCosts> => {
  const market = new Market();
  market.pageSize = 100;
  await market.open();
  try {
    market.place(...ids(count));
    const parts = { definition: ordersPoll, driver: { poll } };
    const settings = { market: `http://${market.address}` };
    const config = configOf("poll", { settings, loopback: [market.address] });
    await place.giveDuty();
    const dispatch = await costOf(count, (units) =>
      dispatchToHub(parts, place.surroundings(config, units))({}, invocation(pollingMs)),
    );
    whole(market.reads.at(-1)?.after ?? 0, count);
    return { dispatch };
  } finally {
    market.close();
  }
};

const sent = async (place: Place, count: number): Promise<RoleCosts> => {
  const site = await startSite();
  try {
    const parts = { definition: ordersOut, driver: { send } };
    const config = configOf("send", { settings: { warehouse: site.url }, loopback: [site.endpoint] });
    const accept = await queued(place, { ...parts, config }, count);
    await place.giveDuty();
    const dispatch = await costOf(count, (units) =>
      dispatchToPartner(parts, place.surroundings(config, units))({}, invocation()),
    );
    whole(site.calls.length, count);
    return { accept, dispatch };
  } finally {
    await site.close();
  }
};

const fed = async (place: Place, count: number): Promise<RoleCosts> => {
  for (const name of ["claims", "audit", "cursors"]) {
    const secret = { Name: `gate/${name}`, SecretString: `${name}-of-ours` };
    await place.call("secretsmanager", "1.1", "secretsmanager.CreateSecret", secret);
  }
  const parts = { definition: ordersFeed, driver: { feed } };
  const config = configOf("feed", { secrets: ["claims", "audit"], cursorSecret: "gate/cursors" });
  await place.giveDuty();
  // Readers begin where the connector stands when an engine first looks after it.
  await dispatchToReaders(parts, place.surroundings(config))({}, invocation());
  const accept = await queued(place, { ...parts, config }, count);
  await place.giveDuty();
  const dispatch = await costOf(count, (units) =>
    dispatchToReaders(parts, place.surroundings(config, units))({}, invocation()),
  );
  const read = await costOf(count, async (units) => {
    const handler = serveFeed(parts, place.surroundings(config, units));
    let [got, cursor] = [0, ""];
    while (got < count) {
      const { headers, body, statusCode } = await handler(reading(cursor), invocation());
      const events: unknown = JSON.parse(body);
      if (statusCode !== 200 || !Array.isArray(events) || events.length === 0) throw new Error(`${statusCode} ${body}`);
      got += events.length;
      cursor = headers["isthmus-cursor"] ?? "";
    }
    // What was read is acknowledged with the next call.
    await handler(reading(cursor), invocation());
  });
  return { accept, dispatch, read };
};

interface Queued {
  readonly definition: unknown;
  readonly config: Partial<ConnectorConfig>;
}

/** Takes events of the hub in the batches of its rule's queue. */
const queued = (place: Place, { definition, config }: Queued, count: number): Promise<EventCost> => {
  const records = ids(count).map(record);
  return costOf(count, async (units) => {
    const handler = hubAccept({ definition, driver: {} }, place.surroundings(config, units));
    for (let at = 0; at < count; at += batchSize) {
      await handler({ Records: records.slice(at, at + batchSize) }, invocation());
    }
  });
};

/** An event of the hub as its rule puts it into a queue. */
const record = (id: string): object => {
  const data = { order: id, note: "n" };
  const event = { type: "order.placed", id, source: "/shop/orders", time: new Date().toISOString(), data };
  const { input } = entryOf(event, "hub");
  return { messageId: id, body: JSON.stringify({ "detail-type": input.DetailType, detail: JSON.parse(input.Detail) }) };
};

const reading = (cursor: string): object => ({
  rawPath: "/orders",
  rawQueryString: cursor === "" ? "" : `cursor=${encodeURIComponent(cursor)}`,
  headers: { authorization: "Bearer claims-of-ours" },
  requestContext: { http: { method: "GET" } },
});
