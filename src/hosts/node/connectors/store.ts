import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readText, replaceFile } from "../files.ts";

const version = 1;
const stored = z.strictObject({
  digest: z.string(),
  settings: z.record(z.string(), z.string()),
  paused: z.boolean(),
  /** Accepts nothing more, sends what it has. */
  draining: z.boolean(),
  /** Cursor in the region's hub that the connector began at; null for one that does not subscribe. */
  hubStart: z.string().nullable(),
});
const connectorsFile = z.strictObject({ version: z.literal(version), connectors: z.record(z.string(), stored) });
const secretsFile = z.record(z.string(), z.record(z.string(), z.array(z.string())));

/** A connector as this region keeps it over restarts. */
export type StoredConnector = z.output<typeof stored>;
/** Values of each secret, by name. */
export type SecretValues = Readonly<Record<string, readonly string[]>>;

export const digestOf = (bundle: string): string => createHash("sha256").update(bundle).digest("hex");

/** Connectors of a region on its disk: what they are, their bundles by digest, and their secrets in a file apart. */
export class ConnectorStore {
  readonly #folder: string;
  #connectors: Readonly<Record<string, StoredConnector>>;
  #secrets: Readonly<Record<string, SecretValues>>;

  /** @throws Error when the folder holds connectors of another version */
  constructor(stateDir: string) {
    this.#folder = stateDir;
    this.#connectors = this.#load();
    this.#secrets = secretsFile.parse(JSON.parse(readText(this.#path("secrets.json")) ?? "{}"));
  }

  get all(): Readonly<Record<string, StoredConnector>> {
    return this.#connectors;
  }

  secretsOf(name: string): SecretValues {
    return this.#secrets[name] ?? {};
  }

  bundleFile(digest: string): string {
    return this.#path("bundles", `${digest}.mjs`);
  }

  putBundle(digest: string, text: string): void {
    if (readText(this.bundleFile(digest)) !== text) replaceFile(this.bundleFile(digest), text);
  }

  /** Durable when it returns. */
  put(name: string, connector: StoredConnector, secrets: SecretValues): void {
    // Secrets first: a connector is never there without them.
    this.#secrets = { ...this.#secrets, [name]: secrets };
    replaceFile(this.#path("secrets.json"), JSON.stringify(this.#secrets));
    this.#save({ ...this.#connectors, [name]: connector });
  }

  update(name: string, change: Partial<StoredConnector>): void {
    const connector = this.#connectors[name];
    if (connector !== undefined) this.#save({ ...this.#connectors, [name]: { ...connector, ...change } });
  }

  remove(name: string): void {
    const { [name]: gone, ...connectors } = this.#connectors;
    const { [name]: _, ...secrets } = this.#secrets;
    this.#save(connectors);
    this.#secrets = secrets;
    replaceFile(this.#path("secrets.json"), JSON.stringify(secrets));
    const used = Object.values(connectors).some(({ digest }) => digest === gone?.digest);
    if (gone !== undefined && !used) rmSync(this.bundleFile(gone.digest), { force: true });
  }

  #load(): Readonly<Record<string, StoredConnector>> {
    const path = this.#path("connectors.json");
    const text = readText(path);
    if (text === null) return {};
    const result = connectorsFile.safeParse(JSON.parse(text));
    if (result.success) return result.data.connectors;
    throw new Error(
      `${path} was not written by this version of Isthmus (it reads version ${version}). ` +
        "Start the Isthmus that wrote it, or delete the folder to begin empty.",
    );
  }

  #save(connectors: Readonly<Record<string, StoredConnector>>): void {
    this.#connectors = connectors;
    replaceFile(this.#path("connectors.json"), JSON.stringify({ version, connectors }));
  }

  #path(...names: readonly string[]): string {
    return join(this.#folder, ...names);
  }
}
