// Definitions for tests of the rules.
import { type Checking, checkDefinition } from "../check.ts";
import type { Definition } from "../connector.ts";
import { definePartner } from "../index.ts";
import { problemLine } from "../problem.ts";

/** Every problem of a definition, a line each; it may hold what types refuse. */
export const problemLines = (definition: object, checking: Partial<Checking> = {}): readonly string[] =>
  checkDefinition("c", definition as Definition, { settings: {}, ...checking }).map(problemLine);

export const onePartner = definePartner({ name: "p", location: "internet", url: "https://p.example" });

const sites = { a: { url: "https://a.example" }, b: { url: "https://b.example" } };
export const activePartner = (recoveryPoint: "1m" | "72h") =>
  definePartner({ name: "p", location: "internet", sites, topology: { mode: "active-active", recoveryPoint } });
export const standbyPartner = (recoveryPoint: "1m" | "72h") =>
  definePartner({
    name: "p",
    location: "internet",
    sites,
    topology: { mode: "primary-secondary", primary: "a", secondary: "b", failback: "manual", recoveryPoint },
  });
