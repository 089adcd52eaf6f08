// The thread that runs one connector's translations, so that code which throws, hangs or leaks harms nothing else.
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../../../define/reason.ts";
import type { ResolvedConnector } from "../../../define/spec.ts";
import { translate } from "../../shared/translation/translate.ts";
import type { Work } from "../../shared/translation/work.ts";
import { loadConnector } from "./load.ts";
import type { FromWorker, WorkerInput } from "./messages.ts";

const { bundle, connector, settings, progress } = workerData as WorkerInput;
const [begun, ended] = [0, 1];
const counters = new Int32Array(progress);
const say = (message: FromWorker): void => parentPort?.postMessage(message);

const serve = ({ functions }: ResolvedConnector): void => {
  parentPort?.on("message", (work: readonly Work[]) => {
    const made = work.map((each) => {
      Atomics.add(counters, begun, 1);
      const result = translate(functions, each);
      Atomics.add(counters, ended, 1);
      return result;
    });
    say({ kind: "made", made });
  });
  say({ kind: "ready" });
};

// What the definition leaves behind must not end the thread.
process.on("unhandledRejection", () => undefined);
loadConnector(connector, bundle, { settings }).then(serve, (error: unknown) =>
  say({ kind: "broken", reason: reasonOf(error) }),
);
