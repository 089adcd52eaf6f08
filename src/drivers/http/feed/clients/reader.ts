// Reads a feed for ever: prints each event, a CloudEvent as JSON, on a line of its own. Node 22.18 or later, no packages.
//   FEED_URLS   the feed in every region, with spaces between: "https://east.example/orders https://west.example/orders"
//   FEED_TOKEN  this reader's token
//   FEED_CURSOR file that keeps where this reader is
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { FEED_URLS = "", FEED_TOKEN = "", FEED_CURSOR = "cursor" } = process.env;
const urls = FEED_URLS.split(" ");

/** What you do with an event. It may come again after a crash: its source and id say whether you had it. */
const handle = (event: unknown): Promise<void> =>
  new Promise((done, fail) =>
    process.stdout.write(`${JSON.stringify(event)}\n`, (error) => (error ? fail(error) : done())),
  );

interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** null: no answer, or only a part of one. */
const fetchPage = async (url: string): Promise<Page | null> => {
  const cursor = existsSync(FEED_CURSOR) ? `&cursor=${readFileSync(FEED_CURSOR, "utf8").trim()}` : "";
  const headers = { authorization: `Bearer ${FEED_TOKEN}` };
  try {
    const response = await fetch(`${url}?wait=20${cursor}`, { headers, signal: AbortSignal.timeout(45_000) });
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch {
    return null;
  }
};

/** Whole or not at all, whatever happens meanwhile. */
const keep = (headers: Headers): void => {
  writeFileSync(`${FEED_CURSOR}.new`, headers.get("isthmus-cursor") ?? "");
  renameSync(`${FEED_CURSOR}.new`, FEED_CURSOR);
};

/** One page from the first region that serves it; else how long to wait, in seconds. */
const read = async (): Promise<number> => {
  let wait = 1;
  for (const url of urls) {
    const page = await fetchPage(url);
    if (page?.status === 200) {
      for (const event of JSON.parse(page.body)) await handle(event);
      keep(page.headers); // only now: what is kept is acknowledged
      return 0;
    }
    if (page?.status === 410) {
      process.stderr.write("some events are no longer kept: going on from the earliest\n");
      keep(page.headers);
      return 0;
    }
    if (page !== null && page.status < 500) throw new Error(`${url} answers ${page.status}: ${page.body}`);
    // This region is away or not ready: the next one has the same feed.
    wait = Number(page?.headers.get("retry-after") ?? wait);
  }
  return wait;
};

for (;;) await sleep((await read()) * 1_000);
