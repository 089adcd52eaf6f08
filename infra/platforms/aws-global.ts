// The global stack on AWS: the key, the secrets, and for each topology the witness's table and those that are replicated.
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity.js";
import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { Witness } from "../../connectors/gateway/witness.ts";
import { LocalProvider } from "../../connectors/platforms/local/resources.ts";
import { MODES } from "../../connectors/platforms/mode.ts";
import { Vault } from "../../connectors/vault/vault.ts";
import { allRegions } from "../../src/define/environment.ts";
import { isPreview } from "../config/stack.ts";
import { awsFacts } from "../facts.ts";
import type { GivenGlobal } from "./given.ts";

export async function deployAwsGlobal({ stack, settings, environment }: GivenGlobal) {
  const regions = [...allRegions(environment), ...(environment.witness === undefined ? [] : [environment.witness])];
  const provider = new Provider("aws", { region: regions[0] ?? "" });
  const { accountId: account } = await getCallerIdentity({}, { provider });
  const names = Object.keys(settings.secrets);
  const vault = new Vault(
    "vault",
    {
      environment: stack.environment,
      account,
      regions,
      names,
      // Secrets Manager keeps the one before by itself, and it stays good for a day.
      values: Object.fromEntries(names.map((name) => [name, pulumi.secret(settings.secrets[name]?.[0] ?? "")])),
      protectData: !isPreview(stack),
    },
    // What makes the cursors' secret is ours.
    { providers: [provider, new LocalProvider("local")] },
  );
  const loopback = [...(environment.loopback ?? []), ...settings.loopback];
  const witnesses = MODES.map((mode) => {
    const facts = awsFacts(stack, environment, mode, { account, loopback }, { only: [], root: process.cwd() });
    return [mode, new Witness(mode, { ...facts, keyArns: vault.keyArns }, { providers: [provider] })] as const;
  });
  return {
    shared: {
      settings: settings.settings,
      loopback,
      account,
      keyArns: vault.keyArns,
      secretArns: vault.secretArns,
      certificates: Object.fromEntries(
        witnesses.flatMap(([mode, { certificateArns }]) => (certificateArns ? [[mode, certificateArns]] : [])),
      ),
      streams: Object.fromEntries(witnesses.map(([mode, { streams }]) => [mode, streams])),
    },
  };
}
