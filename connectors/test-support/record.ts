// Records what a program registers, with what the stock mocks hide: parents, providers, protection and secret marks.
import * as pulumi from "@pulumi/pulumi";
import { isRpcSecret } from "@pulumi/pulumi/runtime/rpc.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly provider: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Names of the inputs that are marked secret. */
  readonly secret: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the internal monitor is called with (pulumi#14421): only what is read here. */
interface Request {
  toObject(): {
    type: string;
    name: string;
    parent: string;
    provider: string;
    protect: boolean;
    retainondelete: boolean;
  };
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}
interface Monitor {
  registerResource(request: Request, callback: unknown): unknown;
}

export interface Recording {
  /** Default `test.east.active-active`. */
  readonly stack?: string;
  /** Computed outputs of a resource, by type and name; in a preview nothing computed is known. Default: none. */
  readonly outputs?: (type: string, name: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** Answers of calls, by token. Default: what they were called with. */
  readonly calls?: (token: string) => Record<string, unknown> | undefined;
}

/**
 * Runs everything that follows, in this test, against a recording engine. Call `done` before looking at the list.
 */
export async function record(
  preview: boolean,
  { stack = "test.east.active-active", outputs = () => ({}), calls = () => undefined }: Recording = {},
): Promise<{ readonly seen: readonly Registered[]; readonly done: () => Promise<void> }> {
  const seen: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        // What another stack told is known in a preview too.
        const known = !preview || type === "pulumi:pulumi:StackReference";
        return {
          id: known ? `${name}-id` : undefined,
          state: known ? { ...inputs, ...outputs(type, name, inputs) } : inputs,
        };
      },
      call: ({ token, inputs }) => calls(token) ?? inputs,
    },
    "isthmus",
    stack,
    preview,
    "organization",
  );
  // A parse boundary: the monitor's type is internal.
  const monitor = settings.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const { type, name, parent, provider, protect, retainondelete: retainOnDelete } = request.toObject();
    const inputs = request.getObject()?.toJavaScript() ?? {};
    const secret = Object.keys(inputs).filter((key) => isRpcSecret(inputs[key]));
    seen.push({ type, name, parent, provider, protect, retainOnDelete, secret, inputs });
    return register(request, callback);
  };
  return { seen, done: () => pulumi.runtime.disconnect() };
}

/** The value of an output, once everything was registered. */
export const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
