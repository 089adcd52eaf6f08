// The account that a preview is made in: a real one, or one that is emulated on this machine.
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { LeasePolicy } from "../../src/define/policy.ts";
import type { StackOutputs } from "../deploy/deploy.ts";
import { Clients } from "./clients.ts";

export interface Account {
  readonly clients: Clients;
  /** Urls that take the place of all services of a region; none in a real account. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Over the environment's, where it is emulated. */
  readonly lease?: LeasePolicy;
  /** How long what should happen may take, with what this account's machines can do. Milliseconds. */
  readonly patienceMs: number;
  /** Where a partner calls a connector of a region. */
  entrance(region: string, outputs: StackOutputs, connector: string): string;
  /** Stacks stand: what AWS does by itself begins. `tables`: those that are replicated; `keeper`: what a schedule calls. */
  begin(tables: readonly string[], regions: readonly string[], keeper: string): void;
  /** The functions of a region were stopped: what of them still runs ends. */
  stopped(region: string): void;
  /** What began ends. */
  end(): void;
  close(): Promise<void>;
}

/** A real takeover with the timings of aws takes up to a minute and a half, and the keeper's call ends within another. */
const patienceMs = 300_000;

/** The account that the usual credentials lead to. */
export function realAccount(): Account {
  const clients = new Clients(defaultProvider(), {});
  return {
    clients,
    endpoints: {},
    patienceMs,
    entrance: (_region, outputs, connector) => {
      const { endpoints } = { endpoints: {}, ...Object(outputs) };
      return String(Reflect.get(Object(endpoints), connector));
    },
    begin: () => {},
    stopped: () => {},
    end: () => {},
    close: async () => clients.close(),
  };
}
