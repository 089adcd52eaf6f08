// Records what a program registers, with what the stock mocks hide: parents, providers and secret marks.
import * as pulumi from "@pulumi/pulumi";
import { isRpcSecret } from "@pulumi/pulumi/runtime/rpc.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly provider: string;
  /** Names of the inputs that are marked secret. */
  readonly secret: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the internal monitor is called with (pulumi#14421): only what is read here. */
interface Request {
  toObject(): { type: string; name: string; parent: string; provider: string };
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}
interface Monitor {
  registerResource(request: Request, callback: unknown): unknown;
}

/**
 * Runs everything that follows, in this test, against a recording engine. Call `done` before looking at the list.
 * @param outputs computed outputs of a resource, by type and name; in a preview nothing computed is known
 */
export async function record(
  preview: boolean,
  outputs: (type: string, name: string) => Record<string, unknown>,
): Promise<{ readonly seen: readonly Registered[]; readonly done: () => Promise<void> }> {
  const seen: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: preview ? undefined : `${name}-id`,
        state: preview ? inputs : { ...inputs, ...outputs(type, name) },
      }),
      call: ({ inputs }) => inputs,
    },
    "isthmus",
    "test.east.active-active",
    preview,
  );
  // A parse boundary: the monitor's type is internal.
  const monitor = settings.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const { type, name, parent, provider } = request.toObject();
    const inputs = request.getObject()?.toJavaScript() ?? {};
    const secret = Object.keys(inputs).filter((key) => isRpcSecret(inputs[key]));
    seen.push({ type, name, parent, provider, secret, inputs });
    return register(request, callback);
  };
  return { seen, done: () => pulumi.runtime.disconnect() };
}

/** The value of an output, once everything was registered. */
export const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
