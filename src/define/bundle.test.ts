// What a definition brings into its bundle: the package's own part is data, so the schema library is nearly all of it.
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

const bundled = (contents: string): number => {
  const options = { bundle: true, write: false, minify: true, format: "esm", platform: "node" } as const;
  const { outputFiles } = buildSync({ ...options, stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" } });
  return outputFiles[0]?.contents.byteLength ?? 0;
};
const definition = (zod: string) => `import * as z from "${zod}";
import { defineConnector, definePartner, githubWebhook, http, secret } from "isthmus";
export default defineConnector({ partner: definePartner({ name: "p", location: "internet" }), via: http.receive(githubWebhook(secret("k"))),
  message: z.object({ id: z.string() }), events: { e: z.object({ id: z.string() }) }, translate: ({ body }) => ({ type: "e", data: body }) });`;

test("without a schema library it is under 3 KB", () => {
  expect(bundled('export * from "isthmus";')).toBeLessThan(3_000);
});
test("a definition with zod/mini is under 20 KB, with zod under 100 KB", () => {
  expect(bundled(definition("zod/mini"))).toBeLessThan(20_000);
  expect(bundled(definition("zod"))).toBeLessThan(100_000);
});
