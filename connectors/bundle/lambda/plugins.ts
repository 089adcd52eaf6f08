import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import type { OnLoadResult, Plugin } from "esbuild";
import type { Role } from "../../../src/define/model.ts";

const here = dirname(fileURLToPath(import.meta.url));
/** What `isthmus` is in a definition. */
const definitionApi = fileURLToPath(new URL("../../../src/define/index.ts", import.meta.url));
const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

/** Entries that are texts: `isthmus-entry:<key>`. */
export const virtual = (texts: ReadonlyMap<string, string>): Plugin => ({
  name: "isthmus-entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^isthmus-entry:/ }, ({ path }) => ({
      path: path.slice(path.indexOf(":") + 1),
      namespace: "entry",
    }));
    onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => ({
      contents: texts.get(path) ?? "",
      loader: "ts",
      resolveDir: here,
    }));
  },
});

/** File beside `index.js` with what of undici the drivers use. */
export const connectionsFile = "connections.js";
export const connectionsEntry = `
export { default as Pool } from "undici/lib/dispatcher/pool.js";
export { default as buildConnector } from "undici/lib/core/connect.js";
`;

/** In its place, until it is first used: most of a start needs no connection, and many functions never make one. */
const undici = `
export const Pool = new Proxy(class {}, {
  construct: (_, given) => Reflect.construct(require("./${connectionsFile}").Pool, given),
});
export const buildConnector = (options) => require("./${connectionsFile}").buildConnector(options);
`;

/** Node's own modules that take a while to load and are needed when a first connection, or a first proof, is made. */
const slowModules = /^node:(crypto|dns|http|https|net|tls|zlib)$/;

/** Exports of a module of Node's that load it when they are first called. */
const lazily = (name: string): OnLoadResult => {
  const loaded: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(name);
  const callable = Object.keys(loaded).filter((key) => typeof loaded[key] === "function");
  const exports = callable.map((key) => `export const ${key} = /* @__PURE__ */ lazy(${JSON.stringify(key)});`);
  return {
    contents: `const lazy = (key) => new Proxy(function () {}, {
  apply: (_, self, given) => Reflect.apply(require("${name}")[key], self, given),
  construct: (_, given) => Reflect.construct(require("${name}")[key], given),
  get: (_, property) => require("${name}")[key][property],
});
${exports.join("\n")}`,
    loader: "js",
  };
};

/** Stands for what is left out. Some of it is made when its user is loaded, so that only what is made throws. */
const throwing = `const throwing = () => { throw new Error("left out of the bundle"); };`;

/** A CommonJS module of one function. */
const leftOut: OnLoadResult = { contents: `${throwing}\nmodule.exports = throwing;`, loader: "js" };

/** A module with the names that the file exports. */
const leftOutOf = (path: string): OnLoadResult => {
  const names = [...readFileSync(path, "utf8").matchAll(/^export (?:const|function|class) (\w+)/gm)].map(
    ([, name]) => name,
  );
  return {
    contents: `${throwing}\n${names.map((name) => `export const ${name} = () => throwing;`).join("\n")}`,
    loader: "js",
  };
};

/** For who watches undici from outside: in a function nobody does. */
const unwatched: OnLoadResult = {
  contents: `const silent = { hasSubscribers: false, publish() {} };
module.exports = { channels: new Proxy({}, { get: () => silent }) };`,
  loader: "js",
};

/** Bytes in base64, packed: unpacked within a millisecond when the first connection is made. */
const packed = (path: string): OnLoadResult => {
  const bytes: unknown = createRequire(import.meta.url)(path);
  if (!Buffer.isBuffer(bytes)) throw new TypeError(`${path} holds no bytes`);
  const text = brotliCompressSync(bytes).toString("base64");
  return {
    contents: `module.exports = require("node:zlib").brotliDecompressSync(Buffer.from("${text}", "base64"));`,
    loader: "js",
  };
};

/** Some exports of a module, which are data. */
const only = (path: string, ...names: readonly string[]): OnLoadResult => {
  const loaded: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(path);
  const kept = Object.fromEntries(names.map((name) => [name, loaded[name]]));
  return { contents: `module.exports = ${JSON.stringify(kept)};`, loader: "js" };
};

/** Says of a resolving that it was asked for here. */
const asked = Symbol("asked");

/** What the functions of a connector need beside what all of them do. */
export interface Needs {
  /** null: they are of no connector. */
  readonly role: Role | null;
  /** Name of its driver's folder. */
  readonly driver: string;
  /** Kinds of our proofs to the partner, for example `oauth2`. */
  readonly proofs: readonly string[];
}

const roles = ["receive", "poll", "send", "feed"] as const satisfies readonly Role[];
/** The file that reads a definition of each role. */
const definitions: Readonly<Record<Role, string>> = {
  receive: "receiver",
  poll: "poller",
  send: "sender",
  feed: "feeder",
};

/** Sources that run for connectors of other roles or drivers alone, or for other proofs. */
const unusedOf = ({ role, driver, proofs }: Needs): readonly string[] => [
  ...Object.entries(definitions).flatMap(([of, file]) => (of === role ? [] : [`define/parse/definition/${file}.ts`])),
  // A receiver may poll besides.
  ...roles
    .filter((of) => driver !== "http" || of !== role)
    .filter((of) => of !== "poll" || role !== "receive")
    .map((of) => `define/parse/http/${of}.ts`),
  ...(driver === "http" ? ["define/parse/queue.ts"] : []),
  ...(role === "feed" ? [] : ["core/feed-desk.ts", "core/feed-settler.ts", "define/functions/feed.ts"]),
  ...(role === "send" || role === "feed"
    ? ["core/poller.ts", "define/functions/ingress.ts", "define/resolve/ingress.ts"]
    : []),
  ...(role === "receive" || role === "poll" ? ["define/functions/egress.ts", "define/resolve/egress.ts"] : []),
  ...(proofs.includes("oauth2") ? [] : ["drivers/http/auth/oauth2.ts", "drivers/http/auth/private-key.ts"]),
  ...(proofs.includes("sigv4") ? [] : ["drivers/http/auth/sigv4.ts"]),
];

/**
 * Leaves out what a function never needs: of undici all but pools with HTTP/1 (bodies are texts and bytes, and the
 * processors of functions have what the faster parser asks for), of zod how a schema is written down as JSON Schema, of
 * our own sources what nothing of a bundle uses.
 */
export const lean = (needs: Needs): Plugin => ({
  name: "isthmus-lean",
  setup(build) {
    const { onResolve, onLoad } = build;
    const unused = new Set(needs.role === null ? [] : unusedOf(needs).map((file) => join(sources, file)));
    onLoad({ filter: /\.ts$/ }, ({ path }) => (unused.has(path) ? leftOutOf(path) : undefined));
    onLoad({ filter: /undici\/lib\/core\/diagnostics\.js$/ }, () => unwatched);
    onLoad({ filter: /undici\/lib\/llhttp\/constants\.js$/ }, ({ path }) => only(path, "ERROR", "TYPE"));
    onResolve({ filter: /^isthmus$/ }, () => ({ path: definitionApi, sideEffects: false }));
    onResolve({ filter: /^undici$/ }, () => ({ path: "undici", namespace: "lean", sideEffects: false }));
    onLoad({ filter: /^undici$/, namespace: "lean" }, () => ({ contents: undici, loader: "js" }));
    onResolve({ filter: /./, namespace: "lean" }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /undici\/lib\/(web\/fetch\/body|llhttp\/llhttp-wasm|dispatcher\/client-h2)\.js$/ }, () => leftOut);
    onLoad({ filter: /undici\/lib\/llhttp\/llhttp_simd-wasm\.js$/ }, ({ path }) => packed(path));
    onLoad({ filter: /zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ }, ({ path }) => leftOutOf(path));
    onResolve({ filter: slowModules }, ({ path, importer }) =>
      importer.startsWith(sources) ? { path, namespace: "lazily", sideEffects: false } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: "lazily" }, ({ path }) => lazily(path));
    // Our modules do nothing when they are loaded but define what they export.
    onResolve({ filter: /\.ts$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === asked || !(importer.startsWith(sources) || path.startsWith(sources))) return null;
      const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: asked });
      return { ...found, sideEffects: false };
    });
  },
});
