import type { Clock, Done, Translation, Translator } from "../../../core/ports.ts";
import type { EntryRecord } from "../../../core/records.ts";
import type { ConnectorFunctions } from "../../../define/spec.ts";
import { contentOf, translationOf } from "../../shared/translation/translation.ts";
import { TranslationThread } from "./thread.ts";

/** How long one translation may take, in milliseconds. */
const limitMs = 1_000;
/** How long a bundle may take to load, in milliseconds. */
const loadMs = 10_000;

interface Translating {
  readonly thread: TranslationThread;
  readonly functions: ConnectorFunctions | null;
}

/** Where a connector's code comes from. */
export interface Code {
  readonly connector: string;
  readonly bundle: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The users' code of all connectors, each in a thread of its own. */
export class HostTranslator implements Translator {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #connectors = new Map<string, Translating>();

  constructor(clock: Clock, options: { readonly limitMs?: number } = {}) {
    this.#clock = clock;
    this.#limitMs = options.limitMs ?? limitMs;
  }

  /** Loads code in a thread of its own first: a bundle that hangs or throws while it loads does so there. */
  prepare(code: Code): Promise<TranslationThread> {
    const thread = new TranslationThread({ input: code, clock: this.#clock, limitMs: this.#limitMs });
    return new Promise((resolve, reject) =>
      thread.start(loadMs, (reason) => (reason === null ? resolve(thread) : reject(new Error(reason)))),
    );
  }

  /** From now on this code translates; what is under way ends with the former. */
  use(connector: string, thread: TranslationThread, functions: ConnectorFunctions): void {
    this.#connectors.get(connector)?.thread.retire();
    this.#connectors.set(connector, { thread, functions });
  }

  remove(connector: string): void {
    this.#connectors.get(connector)?.thread.retire();
    this.#connectors.delete(connector);
  }

  translate(connector: string, entry: EntryRecord, site: string | null, done: Done<Translation>): void {
    const found = this.#connectors.get(connector);
    // A connector that is being removed: nothing is decided about its entries.
    if (found === undefined) return;
    const { identity, payload } = entry;
    const isFeed = found.functions?.direction === "feed";
    found.thread.translate({ identity, payload, site }, (made) => done(translationOf(made, isFeed)));
  }

  sameContent(connector: string, first: string, second: string, done: Done<boolean>): void {
    const functions = this.#connectors.get(connector)?.functions ?? null;
    done(contentOf(functions, first) === contentOf(functions, second));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connectors.values()].map(({ thread }) => thread.close()));
  }
}
