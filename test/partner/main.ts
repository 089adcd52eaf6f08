// `node test/partner/main.ts --config file.json`: prints one line with its URLs once it listens, ends on SIGTERM.
import { Command } from "commander";
import { readConfig } from "./config.ts";
import { startPartner } from "./partner.ts";

const { config } = new Command("partner")
  .description("A partner with two sites, to send invoices to")
  .requiredOption("--config <file>", "JSON configuration")
  .parse()
  .opts<{ config: string }>();

try {
  const partner = await startPartner(readConfig(config));
  process.stdout.write(`${JSON.stringify(partner.urls)}\n`);
  const stop = (): void => void partner.close().then(() => process.exit(0));
  // An interrupt at the terminal is for the drill that started this process: it ends the partner last.
  process.once("SIGTERM", stop).on("SIGINT", () => {});
} catch (error) {
  const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(taken ? `a port of the partner is taken: ${why}\n` : `${why}\n`);
  process.exit(1);
}
