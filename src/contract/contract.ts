/** What a partner is given: a page for people, and where the format has one, a description for machines. */
import type { Parsed } from "../define/parse/parse.ts";
import type { ConnectorSpec } from "../define/spec.ts";
import { sendApi } from "./asyncapi.ts";
import type { ContractFile, ContractInput } from "./input.ts";
import { feedApi, receiveApi } from "./openapi.ts";
import { contractPage } from "./page.ts";

/** The page first. */
export const contractOf = (input: ContractInput): readonly ContractFile[] => {
  const { name } = input.spec;
  const described = describe(input, input.spec, input.parsed);
  const page = { name: `${name}.md`, text: contractPage(input, described?.name ?? null) };
  return described === null ? [page] : [page, described];
};

const describe = (input: ContractInput, spec: ConnectorSpec, parsed: Parsed): ContractFile | null => {
  if (spec.driver !== "http") return null;
  if (spec.role === "receive" && parsed.role === "receive") {
    return file(`${spec.name}.openapi.json`, receiveApi(input, spec, parsed.fields));
  }
  if (spec.role === "feed" && parsed.role === "feed") {
    return file(`${spec.name}.openapi.json`, feedApi(input, spec, parsed.fields));
  }
  if (spec.role === "send" && parsed.role === "send") {
    return file(`${spec.name}.asyncapi.json`, sendApi(input, spec, parsed.fields));
  }
  return null;
};

const file = (name: string, content: unknown): ContractFile => ({
  name,
  text: `${JSON.stringify(content, null, 2)}\n`,
});
