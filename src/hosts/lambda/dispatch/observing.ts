import type { Observation, Observer } from "../../../core/ports.ts";
import type { Log, LogFields } from "../runtime/log.ts";

/** Writes down what a region tells of itself: what changes, and each entry that needs a person. */
export const observing = (log: Log, connector: string): Observer => ({
  observe: (event) => {
    const what = told(event);
    if (what !== null) log[what.level](what.message, { connector, ...what.fields });
  },
});

interface Told {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

const info = (message: string, fields: LogFields): Told => ({ level: "info", message, fields });
const warning = (message: string, fields: LogFields): Told => ({ level: "warn", message, fields });

const told = (event: Observation): Told | null => {
  switch (event.kind) {
    case "lease":
      return info(`lease ${event.change}`, { duty: event.duty, epoch: event.epoch });
    case "duty":
      return info(`duty ${event.state}`, { duty: event.duty, epoch: event.epoch });
    case "settled": {
      const { outcome, identity, reason } = event.settlement;
      const needsPerson = outcome === "faulted" || outcome === "unknown";
      return needsPerson ? warning(`an entry is ${outcome}`, { identity, reason }) : null;
    }
    case "switch":
      return warning("site switched", { from: event.change.from, to: event.change.to, reason: event.change.reason });
    case "cursor":
      return warning(`cursor ${event.change}`, { site: event.site, detail: event.detail });
    case "gap":
      return warning("an entry goes without what its number follows", {
        identity: event.identity,
        detail: event.detail,
      });
    case "breaker":
      return info(`breaker ${event.state}`, { site: event.site, reason: event.reason });
    case "store":
      return warning(`store ${event.state}`, { detail: event.detail });
    case "incarnation":
      return null;
  }
};
