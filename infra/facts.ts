// What the gateways and witnesses of an environment must say alike.
import type { GatewayFacts } from "../connectors/gateway/plan.ts";
import type { Environment } from "../src/define/environment.ts";
import { regionFacts } from "./config/environment.ts";
import type { Shared } from "./config/settings.ts";

/** @param name the environment's, from the stack: a preview stack is an environment of its own */
export function factsOf(name: string, environment: Environment, topology: string, shared: Shared): GatewayFacts {
  return {
    platform: environment.platform,
    environment: name,
    ...regionFacts(environment),
    topology,
    basePort: shared.basePort,
    home: shared.home,
    loopback: shared.loopback,
  };
}
