import type { Translation, Translator } from "../core/ports.ts";
import type { EntryRecord } from "../core/records.ts";
import type { Gift } from "./schedule-model.ts";

/** What a simulated message says: enough for translation, for the taker's judgement and for telling conflicts. */
export interface Content {
  readonly id: number;
  readonly key: string | null;
  readonly fate: Gift["fate"];
  /** 0 for the first; another content under the same identity has another number. */
  readonly version: number;
  readonly large: boolean;
}

export const payloadOf = ({ id, key, fate, large }: Gift, version: number): string =>
  JSON.stringify({ id, key, fate, version, large } satisfies Content);

export const contentOf = (payload: string): Content => JSON.parse(payload) as Content;

/** Stands for the users' functions: pure, and ready at once. */
export const translator: Translator = {
  translate: (_connector, entry, _site, done) => done(translationOf(entry)),
  sameContent: (_connector, first, second, done) => done(contentOf(first).version === contentOf(second).version),
};

const translationOf = (entry: EntryRecord): Translation => {
  const content = contentOf(entry.payload);
  switch (content.fate) {
    case "ignored":
      return { kind: "ignored" };
    case "untranslatable":
      return { kind: "fault", reason: "the translation threw" };
    case "taken":
    case "refused":
      return { kind: "output", output: content, key: content.key };
  }
};

/** The partner numbers what it has of each key. */
export const sequenceOf = ({ key, number }: Gift): EntryRecord["sequence"] =>
  number === null ? null : { of: key ?? "all", number };
