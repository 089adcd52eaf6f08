import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Voter } from "../../core/ports.ts";
import { VoterState } from "../../core/voter.ts";
import { type OpenVoter, voterContract } from "../contract.ts";
import { voterFile } from "./rows.ts";

const open: OpenVoter = async ({ timings, clock, others, duties }) => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-voter-"));
  const path = join(folder, "voter.json");
  const start = (): Voter => {
    const file = voterFile(path);
    return new VoterState("a", timings, clock, file.load(), file.persist, others, duties);
  };
  let voter = start();
  return {
    get voter() {
      return voter;
    },
    async restart() {
      voter = start();
    },
    async loseDisk() {
      rmSync(path);
      voter = start();
    },
    async dispose() {
      rmSync(folder, { recursive: true });
    },
  };
};

voterContract("with its rows in a file", open);

describe("the rows of a voter in a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "isthmus-voter-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const row = (highestEpoch: number) => ({
    east: { highestEpoch, lease: null, exceptions: {}, handback: null, seenGeneration: 1, confirmedGeneration: 1 },
  });

  it("are there for the owner alone once they are persisted, the latest of those that came together", async () => {
    const path = join(folder, "deep", "voter.json");
    const file = voterFile(path);
    expect(file.load()).toBeNull();
    const answers = [1, 2, 3].map((epoch) => new Promise((done) => file.persist(row(epoch), done)));
    expect(await Promise.all(answers)).toEqual([true, true, true]);
    expect(voterFile(path).load()).toEqual(row(3));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("answer false where they cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    const file = voterFile(join(folder, "file", "voter.json"));
    expect(await new Promise((done) => file.persist(row(1), done))).toBe(false);
  });

  it("of another version are refused with what to do", () => {
    const path = join(folder, "voter.json");
    writeFileSync(path, JSON.stringify({ version: 7, rows: {} }));
    expect(() => voterFile(path).load()).toThrow(/version 7.*reads version 1.*or delete the file/);
    writeFileSync(path, "{");
    expect(() => voterFile(path).load()).toThrow(/not readable/);
    expect(readFileSync(path, "utf8")).toBe("{");
  });
});
