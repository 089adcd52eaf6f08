// Versions of the engine. The reasons for each stand beside it.
import { createRequire } from "node:module";
import * as z from "zod";

const sdk = z.object({ version: z.string() }).parse(createRequire(import.meta.url)("@pulumi/pulumi/package.json"));

/** The oldest engine that the program and the local provider were run with. */
export const MINIMUM_VERSION = "3.259.0";
/** What the Automation API installs: the version of the SDK. */
export const INSTALLED_VERSION = sdk.version;
/** What is built with Go: the newest command whose module the proxy serves in a form that compiles. */
export const BUILT_VERSION = "3.259.0";
/** The last SDK module that carried the Node language host; later ones live in a module that the proxy refuses. */
export const LANGUAGE_HOST_SDK = "3.68.0";
