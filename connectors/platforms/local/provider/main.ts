// The provider plugin of the local platform. The engine starts it; it speaks gRPC on the port that it prints.
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import * as z from "zod";
import { connector } from "./connector.ts";
import { gatewayProgram } from "./process.ts";
import { region } from "./region.ts";
import { type Handler, handler } from "./resource.ts";
import { token } from "./token.ts";

/** The engine gives a provider the stack's configuration under the provider's own name, as text by key. */
const Configuration = z.record(z.string(), z.string());

function discarded(name: string): boolean {
  const { discard = "" } = Configuration.parse(JSON.parse(process.env.PULUMI_CONFIG ?? "{}"));
  const names = discard.split(",").map((text) => text.trim());
  return names.includes(name) || names.includes("*");
}

const handlers: Readonly<Record<string, Handler>> = {
  "isthmus:local:Region": handler(region(gatewayProgram)),
  "isthmus:local:Witness": handler(region(gatewayProgram)),
  "isthmus:local:Connector": handler(connector(discarded)),
  "isthmus:local:Token": handler(token),
};

/** A URN is `urn:pulumi:stack::project::parentType$type::name`. */
function of(urn: string): Handler {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = handlers[type];
  if (found === undefined) throw new Error(`${type} is not a resource of the local platform`);
  return found;
}

const provider: Provider = {
  version: "0.1.0",
  check: (urn, olds, news) => of(urn).check(urn, olds, news),
  diff: (id, urn, olds, news) => of(urn).diff(id, urn, olds, news),
  create: (urn, inputs) => of(urn).create(urn, inputs),
  read: (id, urn, props) => of(urn).read(id, urn, props),
  update: (id, urn, olds, news) => of(urn).update(id, urn, olds, news),
  delete: (id, urn, props) => of(urn).delete(id, urn, props),
};

await main(provider, process.argv.slice(2));
