// Deploys and destroys stacks of this project through the Automation API, with the file backend, as `npm start`, the
// drills and the integration tests do. What `pulumi up` by hand does, with the same state.

import { resolve } from "node:path";
import { type ConfigValue, LocalWorkspace, type OutputMap, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { Engine } from "../engine/engine.ts";
import { backend, projectRoot } from "./backend.ts";

export interface StackRequest {
  /** `<env>.global` or `<env>.<region>.<mode>`. */
  readonly stack: string;
  /** Stack configuration, without the project's prefix; anything but text is passed as JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Secrets by name, for a global stack. Two values while one rotates. Encrypted in the stack's configuration. */
  readonly secrets?: Readonly<Record<string, string | readonly string[]>>;
}

export interface StackOptions {
  readonly engine: Engine;
  /** In this order: a global stack before its regions. */
  readonly stacks: readonly StackRequest[];
  /** Told each step in a line for people. */
  readonly onProgress?: (message: string) => void;
  /** Told everything that the engine prints. */
  readonly onOutput?: (text: string) => void;
  /** The folder of the backend and of all state. Default: `.isthmus` in the project's folder. */
  readonly home?: string;
  /** The folder of `Pulumi.yaml`. Default: this project. */
  readonly project?: string;
  /** Interrupts the engine. */
  readonly signal?: AbortSignal;
}

/** Outputs of a stack as plain values; infra/region.ts and infra/global.ts say which. */
export type StackOutputs = Readonly<Record<string, unknown>>;

/** Brings the stacks up, one after the other; makes those that do not exist. @throws with what the engine said. */
export async function deploy(options: StackOptions): Promise<Readonly<Record<string, StackOutputs>>> {
  const deployed: Record<string, StackOutputs> = {};
  for (const request of options.stacks) {
    options.onProgress?.(`pulumi up ${request.stack}`);
    const stack = await open(request, options);
    const { outputs } = await stack.up(engineOptions(options));
    deployed[request.stack] = plain(outputs);
  }
  return deployed;
}

/** What would change, by kind of change: `{ same: 3, update: 1 }`. */
export async function preview(
  options: StackOptions,
): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const changes: Record<string, Readonly<Record<string, number>>> = {};
  for (const request of options.stacks) {
    const stack = await open(request, options);
    changes[request.stack] = { ...(await stack.preview(engineOptions(options))).changeSummary };
  }
  return changes;
}

/** Reads what is really there into the state: a dead process is seen as gone. */
export async function refresh(options: StackOptions): Promise<void> {
  for (const request of options.stacks) {
    options.onProgress?.(`pulumi refresh ${request.stack}`);
    await (await open(request, options)).refresh(engineOptions(options));
  }
}

export interface DestroyOptions extends StackOptions {
  /** Connectors whose pending, faulted and unknown entries may be thrown away; `"*"` for all. Default: none. */
  readonly discard?: readonly string[];
  /** Forget the stacks and their settings too. Default false. */
  readonly remove?: boolean;
}

/**
 * Destroys the stacks, last first.
 * @throws with the counts and the ways out while a connector has pending, faulted or unknown entries.
 */
export async function destroy(options: DestroyOptions): Promise<void> {
  for (const request of [...options.stacks].reverse()) {
    options.onProgress?.(`pulumi destroy ${request.stack}`);
    const stack = await open(request, options);
    if (options.discard !== undefined) await stack.setConfig("isthmus:discard", { value: options.discard.join(",") });
    try {
      await stack.destroy(engineOptions(options));
    } finally {
      // Leave to throw entries away must be given each time.
      if (options.discard !== undefined) await stack.removeConfig("isthmus:discard");
    }
    if (options.remove === true) await stack.workspace.removeStack(request.stack);
  }
}

async function open(request: StackRequest, options: StackOptions): Promise<Stack> {
  const { environment } = await backend({ engine: options.engine, home: options.home });
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: request.stack, workDir: options.project ?? projectRoot },
    { pulumiCommand: options.engine.command, envVars: environment },
  );
  const state = options.home !== undefined && request.stack.endsWith(".global") ? { home: resolve(options.home) } : {};
  const config = Object.entries({ ...state, ...request.config }).map(([key, value]): [string, ConfigValue] => [
    `isthmus:${key}`,
    { value: typeof value === "string" ? value : JSON.stringify(value) },
  ]);
  if (request.secrets !== undefined) {
    config.push(["isthmus:secrets", { value: JSON.stringify(request.secrets), secret: true }]);
  }
  if (config.length > 0) await stack.setAllConfig(Object.fromEntries(config));
  return stack;
}

function engineOptions({ onOutput, signal }: StackOptions) {
  return { color: "never" as const, suppressProgress: true, ...(onOutput && { onOutput }), ...(signal && { signal }) };
}

function plain(outputs: OutputMap): StackOutputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
