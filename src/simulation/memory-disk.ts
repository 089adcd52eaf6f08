import type { WriteResult } from "../core/ports.ts";
import { type JournalName, type JournalRecord, journalParts } from "../core/records.ts";
import { ConnectorIndex } from "../journal/index/connector-index.ts";

/** What survives a crash of one machine. A lost disk is a new one. */
export class MemoryDisk {
  /** No space is left: every write is refused. */
  full = false;
  readonly files = new Map<string, ConnectorIndex>();

  file(connector: string): ConnectorIndex {
    let file = this.files.get(connector);
    if (file === undefined) {
      file = new ConnectorIndex(connector);
      this.files.set(connector, file);
    }
    return file;
  }

  highestIncarnation(region: string): number {
    let highest = 0;
    for (const file of this.files.values()) {
      for (const name of file.journals.keys()) {
        const parts = journalParts(name);
        if (parts.region === region) highest = Math.max(highest, parts.incarnation);
      }
    }
    return highest;
  }

  write(connector: string, journal: JournalName, records: readonly JournalRecord[]): WriteResult {
    const file = this.file(connector);
    const positions = records.map((record) =>
      record.kind === "entry" && file.find(record.identity) !== null ? null : file.append(journal, record),
    );
    return { kind: "written", journal, positions };
  }
}
