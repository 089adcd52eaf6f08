/** Role poll: we read the partner's sites from a cursor. One page for each reading; the core stores it and reads on. */
import type { Done, ReadAnswer, Reading, Sending, SourcePage } from "../../../core/ports.ts";
import type { HttpResponse } from "../../../define/model.ts";
import { httpPollDefaults } from "../../../define/policy.ts";
import { reasonOf } from "../../../define/reason.ts";
import type { HttpPollSpec, IngressFunctions, PollSpec, ReceiveSpec, SpecOf } from "../../../define/spec.ts";
import { judgeResponse } from "../../../define/taxonomy.ts";
import type { DriverContext, Reader } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { type Called, callSite } from "../site/call.ts";
import type { Composition, NotComposed } from "../site/composition.ts";
import type { Outcome } from "../site/exchange.ts";
import { probeSite } from "../site/probe.ts";
import { closeSites, type Site, sitesOf } from "../site/site.ts";
import type { CursorKind, Next } from "./cursor.ts";
import { cursorKind } from "./cursors/kinds.ts";
import { type InputMaker, inputMaker } from "./inputs.ts";
import { type Items, itemReader } from "./items.ts";
import { composeReading } from "./request.ts";

/** A cursor goes into a url and into every record of it: what is longer servers refuse. */
const longestCursor = 4_096;
const nothingOpen: Sending = { abort: () => undefined };
const notSent = { sent: false, waitMs: null, page: null } as const;

export class HttpReader implements Reader {
  readonly #context: DriverContext;
  readonly #options: HttpPollSpec;
  readonly #sites: ReadonlyMap<string, Site>;
  readonly #cursors: CursorKind;
  readonly #itemsOf: (response: HttpResponse) => Items;
  readonly #inputOf: InputMaker;

  constructor(spec: SpecOf<"http", PollSpec | ReceiveSpec>, functions: IngressFunctions, context: DriverContext) {
    this.#options = optionsOf(spec);
    this.#context = context;
    this.#sites = sitesOf(spec, context);
    this.#cursors = cursorKind(this.#options, spec.startFrom, functions);
    this.#itemsOf = itemReader(this.#options.items);
    this.#inputOf = inputMaker(spec, functions);
  }

  read(reading: Reading, done: Done<ReadAnswer>): Sending {
    const site = this.#sites.get(reading.site);
    const composed = site === undefined ? unknownSite(reading) : this.#compose(reading, site);
    if (site === undefined || composed.kind !== "request") {
      done(notRead(composed.kind === "request" ? unknownSite(reading) : composed));
      return nothingOpen;
    }
    const { timeoutMs, mayWrite } = reading;
    const { limitBytes: longestBytes } = httpPollDefaults;
    const options = { clock: this.#context.clock, timeoutMs, mayWrite, readsBody: true, longestBytes };
    const asked = { reading, basePath: site.basePath, url: new URL(composed.path, site.origin) };
    return callSite(site, composed, options, (called) => done(this.#called(called, asked)));
  }

  probe(_connector: string, name: string, done: Done<boolean>): void {
    const site = this.#sites.get(name);
    if (site === undefined) done(false);
    else probeSite(site, this.#context.clock, done);
  }

  rewound(cursor: string, byMs: number): string | null {
    return this.#cursors.rewound(cursor, byMs);
  }

  close(done: () => void): void {
    closeSites(this.#sites, done);
  }

  #compose(reading: Reading, site: Site): Composition {
    try {
      const request = this.#cursors.request(reading.cursor, reading.timeoutMs);
      return composeReading(request, this.#options.path, site, reading);
    } catch (error) {
      return { kind: "fault", reason: `cursor.request: ${reasonOf(error)}` };
    }
  }

  #called(called: Called, asked: Asked): ReadAnswer {
    return called.kind === "fault" || called.kind === "no-credentials" ? notRead(called) : this.#answer(called, asked);
  }

  #answer(outcome: Outcome, asked: Asked): ReadAnswer {
    const judgement = judgeResponse(outcome, { wallMs: this.#context.clock.wallMs() });
    const unchanged = outcome.kind === "answer" && outcome.response.status === 304;
    if (outcome.kind === "error" || (judgement.verdict !== "delivered" && !unchanged)) {
      // Nothing of ours is refused: what is wrong is what the connector asks for.
      return { ...judgement, against: judgement.against === "event" ? "us" : judgement.against, page: null };
    }
    return this.#page(outcome.response, asked);
  }

  #page(response: HttpResponse, asked: Asked): ReadAnswer {
    const found = this.#itemsOf(response);
    if (found.kind === "unreadable") return unreadable(response, found.reason);
    const next = this.#next(found, response, asked);
    if (next.kind !== "next") return { ...unreadable(response, next.reason), against: next.against };
    const { cursor, more, skips } = next;
    if (skips) return read(response, "passed over, from before the start", { inputs: [], cursor, more });
    try {
      return read(response, "read", { inputs: this.#inputs(found.items, response, asked.reading), cursor, more });
    } catch (error) {
      // An item that no text can be made of: nested deeper than JSON is written.
      return unreadable(response, `an item cannot be stored: ${reasonOf(error)}`);
    }
  }

  #next(found: Found, response: HttpResponse, { reading, basePath, url }: Asked): Judged {
    try {
      const next = this.#cursors.next({ ...found, asked: reading.cursor, response, url, basePath });
      if (next.kind === "unreadable") return { ...next, against: "site" };
      if ((next.cursor ?? "").length <= longestCursor) return next;
      return { kind: "unreadable", against: "site", reason: `the cursor is longer than ${longestCursor} characters` };
    } catch (error) {
      return { kind: "unreadable", against: "us", reason: `cursor.next: ${reasonOf(error)}` };
    }
  }

  #inputs(items: readonly unknown[], { headers }: HttpResponse, { site }: Reading): SourcePage["inputs"] {
    const batch = headers["content-type"]?.startsWith("application/cloudevents-batch") === true;
    const events = batch || this.#options.cursor.kind === "http-feed";
    const receivedAt = new Date(this.#context.clock.wallMs()).toISOString();
    return items.map((item) => this.#inputOf(item, { site, receivedAt, events }));
  }
}

type Found = Extract<Items, { readonly kind: "items" }>;
type Judged =
  | Extract<Next, { readonly kind: "next" }>
  | { readonly kind: "unreadable"; readonly against: "site" | "us"; readonly reason: string };
interface Asked {
  readonly reading: Reading;
  readonly basePath: string;
  readonly url: URL;
}

const read = ({ status }: HttpResponse, reason: string, page: SourcePage): ReadAnswer => ({
  verdict: "delivered",
  against: "nobody",
  sent: true,
  waitMs: null,
  reason: `${status}: ${reason}`,
  page,
});

const unreadable = ({ status }: HttpResponse, reason: string): ReadAnswer => ({
  verdict: "retry",
  against: "site",
  sent: true,
  waitMs: null,
  reason: `${status}: ${reason}`,
  page: null,
});

const notRead = (composed: NotComposed): ReadAnswer =>
  composed.kind === "fault"
    ? { ...notSent, verdict: "fault", against: "us", reason: composed.reason }
    : { ...notSent, verdict: "retry", against: "credentials", reason: composed.reason };

const unknownSite = ({ site }: Reading): NotComposed => ({
  kind: "fault",
  reason: `the partner has no site '${site}'`,
});

const optionsOf = (spec: SpecOf<"http", PollSpec | ReceiveSpec>): HttpPollSpec => {
  if (spec.role === "poll") return spec.options;
  if (spec.reconcile === null) throw new Unsupported("reconcile", "missing: there is nothing to read");
  return spec.reconcile.options;
};
