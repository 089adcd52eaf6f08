// Deploys and destroys stacks of this project through the Automation API, with the file backend, as `npm start`, the
// drills and the integration tests do. What `pulumi up` by hand does, with the same state.

import { resolve } from "node:path";
import { type ConfigValue, LocalWorkspace, type OutputMap, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { Engine } from "../engine/engine.ts";
import { backend, projectRoot } from "./backend.ts";
import { EngineFailure } from "./failure.ts";

export { EngineFailure } from "./failure.ts";

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
  /** Global stacks are deployed before the others and destroyed after them; regions do not wait for each other. */
  readonly stacks: readonly StackRequest[];
  /** Told each step in a line for people. */
  readonly onProgress?: (message: string) => void;
  /** Told everything that the engine prints. */
  readonly onOutput?: (text: string) => void;
  /** The folder of the backend and of all state. Default: `.isthmus` in the project's folder. */
  readonly home?: string;
  /** The folder of `Pulumi.yaml`. Default: this project. */
  readonly project?: string;
  /** Folders of policy packs: what breaks one of their rules fails a preview or an `up`. Default: none. */
  readonly policyPacks?: readonly string[];
  /** Interrupts the engine. */
  readonly signal?: AbortSignal;
}

/** Outputs of a stack as plain values; infra/region.ts and infra/global.ts say which. */
export type StackOutputs = Readonly<Record<string, unknown>>;

/** Brings the stacks up; makes those that do not exist. @throws EngineFailure of the first that failed. */
export async function deploy(options: StackOptions): Promise<Readonly<Record<string, StackOutputs>>> {
  const deployed: Record<string, StackOutputs> = {};
  await each("up", options, async (stack, name) => {
    const { outputs } = await stack.up({ ...engineOptions(options), ...packsOf(options) });
    deployed[name] = plain(outputs);
  });
  return deployed;
}

/** What would change, by kind of change: `{ same: 3, update: 1 }`. */
export async function preview(
  options: StackOptions,
): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const changes: Record<string, Readonly<Record<string, number>>> = {};
  await each("preview", options, async (stack, name) => {
    const { changeSummary } = await stack.preview({ ...engineOptions(options), ...packsOf(options) });
    changes[name] = { ...changeSummary };
  });
  return changes;
}

/** Reads what is really there into the state: a dead process is seen as gone. */
export async function refresh(options: StackOptions): Promise<void> {
  await each("refresh", options, async (stack) => {
    await stack.refresh(engineOptions(options));
  });
}

export interface DestroyOptions extends StackOptions {
  /** Connectors whose pending, faulted and unknown entries may be thrown away; `"*"` for all. Default: none. */
  readonly discard?: readonly string[];
  /** Forget the stacks and their settings too. Default false. */
  readonly remove?: boolean;
}

/**
 * Destroys the stacks.
 * @throws EngineFailure with the counts and the ways out while a connector has pending, faulted or unknown entries.
 */
export async function destroy(options: DestroyOptions): Promise<void> {
  const destroyOne = async (stack: Stack, name: string) => {
    if (options.discard !== undefined) await stack.setConfig("isthmus:discard", { value: options.discard.join(",") });
    try {
      await stack.destroy(engineOptions(options));
    } finally {
      // Leave to throw entries away must be given each time.
      if (options.discard !== undefined) await stack.removeConfig("isthmus:discard");
    }
    if (options.remove === true) await stack.workspace.removeStack(name);
  };
  await each("destroy", options, destroyOne);
}

const isGlobal = ({ stack }: StackRequest): boolean => stack.endsWith(".global");

/** Does something with every stack: in two turns, because regions need what their global stack made. */
async function each(
  operation: "up" | "preview" | "refresh" | "destroy",
  options: StackOptions,
  work: (stack: Stack, name: string) => Promise<void>,
): Promise<void> {
  const turns = [options.stacks.filter(isGlobal), options.stacks.filter((request) => !isGlobal(request))];
  const one = async (request: StackRequest): Promise<void> => {
    options.onProgress?.(`pulumi ${operation} ${request.stack}`);
    try {
      const stack = await open(request, options);
      // The engine hears of it only once it runs.
      options.signal?.throwIfAborted();
      await work(stack, request.stack);
    } catch (error) {
      throw new EngineFailure(operation, request.stack, error);
    }
  };
  for (const turn of operation === "destroy" ? turns.reverse() : turns) {
    const results = await Promise.allSettled(turn.map(one));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
}

async function open(request: StackRequest, options: StackOptions): Promise<Stack> {
  const { environment } = await backend(options);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: request.stack, workDir: options.project ?? projectRoot },
    { pulumiCommand: options.engine.command, envVars: environment },
  );
  const state = options.home !== undefined && isGlobal(request) ? { home: resolve(options.home) } : {};
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

const packsOf = ({ policyPacks }: StackOptions) => (policyPacks === undefined ? {} : { policyPacks: [...policyPacks] });

function engineOptions({ onOutput, signal }: StackOptions) {
  return { color: "never" as const, suppressProgress: true, ...(onOutput && { onOutput }), ...(signal && { signal }) };
}

function plain(outputs: OutputMap): StackOutputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
