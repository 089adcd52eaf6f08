import { Script } from "node:vm";
import type { Done, Translation, Translator } from "../../../core/ports.ts";
import type { EntryRecord } from "../../../core/records.ts";
import { reasonOf } from "../../../define/reason.ts";
import type { ConnectorFunctions } from "../../../define/spec.ts";
import { translate } from "../../shared/translation/translate.ts";
import { contentOf, translationOf } from "../../shared/translation/translation.ts";
import type { Made } from "../../shared/translation/work.ts";

/** How long one translation may take, in milliseconds. */
const limitMs = 1_000;
const slot = Symbol.for("isthmus.translation");
const script = new Script(`globalThis[Symbol.for("isthmus.translation")]()`, { filename: "translation" });

/**
 * Runs a connector's translations in the function's own thread. A function holds one connector, so that code which leaks
 * or ends the process harms no other; code that never returns is cut off by the engine's own watch, for which a thread
 * of its own would cost more than the whole start.
 */
export class BoundedTranslator implements Translator {
  readonly #functions: ConnectorFunctions;
  readonly #limitMs: number;

  constructor(functions: ConnectorFunctions, options: { readonly limitMs?: number } = {}) {
    this.#functions = functions;
    this.#limitMs = options.limitMs ?? limitMs;
  }

  translate(
    _connector: string,
    { identity, payload }: EntryRecord,
    site: string | null,
    done: Done<Translation>,
  ): void {
    const made = this.#bounded(() => translate(this.#functions, { identity, payload, site }));
    done(translationOf(made, this.#functions.direction === "feed"));
  }

  sameContent(_connector: string, first: string, second: string, done: Done<boolean>): void {
    done(contentOf(this.#functions, first) === contentOf(this.#functions, second));
  }

  /** V8 ends what a script runs, in whatever function it is. */
  #bounded(run: () => Made): Made {
    Reflect.set(globalThis, slot, run);
    try {
      return script.runInThisContext({ timeout: this.#limitMs });
    } catch (error) {
      const late = error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
      return {
        kind: "fault",
        reason: late ? `translation did not return within ${this.#limitMs / 1_000}s` : reasonOf(error),
      };
    }
  }
}
