// Preloaded into a gateway process: a name resolves to the addresses that a file gives it, one a line, when it is asked.
import dns from "node:dns";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

const file = new URL(import.meta.url).searchParams.get("file") ?? "";

type Done = (error: Error | null, addresses: readonly { address: string; family: number }[]) => void;

const lookup = (_hostname: string, _options: object, done: Done): void => {
  const addresses = readFileSync(file, "utf8").trim().split("\n");
  process.nextTick(() =>
    done(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    ),
  );
};

Object.assign(dns, { lookup });
syncBuiltinESMExports();
