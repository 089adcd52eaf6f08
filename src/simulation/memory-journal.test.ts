import type { Journal } from "../core/ports.ts";
import { journalContract, type OpenStore } from "../journal/contract.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { type Later, MemoryJournal } from "./memory-journal.ts";

/** A disk that commits a turn of the event loop later. */
const open: OpenStore = (region) => {
  const disk = new MemoryDisk();
  const opened = (): { journal: Journal; end: () => void } => {
    let ended = false;
    const later: Later = (run) => {
      setImmediate(() => !ended && run());
    };
    const end = (): void => {
      ended = true;
    };
    return { journal: new MemoryJournal(region, disk, later, later), end };
  };
  let process = opened();
  const again = async (): Promise<void> => {
    process.end();
    process = opened();
  };
  return Promise.resolve({
    get journal() {
      return process.journal;
    },
    reopen: again,
    crash: again,
    setFull: async (full) => {
      disk.full = full;
    },
    dispose: async () => process.end(),
  });
};

journalContract("in memory, of the simulation", open);
