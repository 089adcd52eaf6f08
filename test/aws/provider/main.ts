// The stand-in for the provider of AWS. The engine starts it; it speaks gRPC on the port that it prints.
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import type { Handler } from "./resource.ts";
import { types } from "./types.ts";

/** A URN is `urn:pulumi:stack::project::parentType$type::name`. */
function of(urn: string): Handler {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = types[type];
  if (found === undefined) throw new Error(`${type} is not known to the stand-in for the provider of AWS`);
  return found;
}

const provider: Provider = {
  version: "7.48.0",
  check: (urn, olds, news) => of(urn).check(urn, olds, news),
  diff: (id, urn, olds, news) => of(urn).diff(id, urn, olds, news),
  create: (urn, inputs) => of(urn).create(urn, inputs),
  read: (id, urn, props) => of(urn).read(id, urn, props),
  update: (id, urn, olds, news) => of(urn).update(id, urn, olds, news),
  delete: (id, urn, props) => of(urn).delete(id, urn, props),
};

await main(provider, process.argv.slice(2));
