import type { Clock, Timer } from "../../../core/ports.ts";
import type { RegionStatus } from "../../../core/status.ts";
import type { CommonSpec } from "../../../define/spec.ts";
import type { Logger } from "../log.ts";

const lookMs = 10_000;
/** Part of the capacity from which on there is an alarm. */
const nearlyFull = 0.8;

/** `silence`: they called, and do not any more. */
export type Alarm = "age" | "capacity" | "silence";

const names: readonly Alarm[] = ["age", "capacity", "silence"];

/** Which alarms a connector raises. Pure. @param quietForMs since the last message; null: there was none */
export const alarmsOf = (
  { role, ledger }: RegionStatus["connectors"][string],
  { hold }: Pick<CommonSpec, "hold">,
  wallMs: number,
  quietForMs: number | null,
): readonly Alarm[] => {
  const raised: Readonly<Record<Alarm, boolean>> = {
    age: ledger.oldestPendingAt !== null && wallMs - ledger.oldestPendingAt >= hold.alarmAfterMs,
    capacity: ledger.pendingBytes >= hold.capacityBytes * nearlyFull,
    silence: role === "receive" && quietForMs !== null && quietForMs >= hold.alarmAfterMs,
  };
  return names.filter((name) => raised[name]);
};

const said: Readonly<Record<Alarm, string>> = {
  age: "holds something for too long",
  capacity: "holds nearly all that it may",
  silence: "nothing comes any more",
};

export interface AlarmPorts {
  readonly clock: Clock;
  readonly log: Logger;
  status(): RegionStatus;
  spec(connector: string): CommonSpec | undefined;
  quietForMs(connector: string): number | null;
}

/** Logs when what a connector holds becomes too old or too much, or nobody calls any more, and when it is well again. */
export class Alarms {
  readonly #raised = new Set<string>();
  readonly #ports: AlarmPorts;
  #timer: Timer | null = null;

  constructor(ports: AlarmPorts) {
    this.#ports = ports;
    this.#later();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #later(): void {
    this.#timer = this.#ports.clock.after(lookMs, () => {
      this.#look();
      this.#later();
    });
  }

  #look(): void {
    const { connectors, wallMs } = this.#ports.status();
    for (const [connector, status] of Object.entries(connectors)) {
      const spec = this.#ports.spec(connector);
      const alarms = spec === undefined ? [] : alarmsOf(status, spec, wallMs, this.#ports.quietForMs(connector));
      for (const alarm of names) this.#set(connector, alarm, alarms.includes(alarm), status);
    }
  }

  #set(connector: string, alarm: Alarm, raised: boolean, { ledger }: RegionStatus["connectors"][string]): void {
    const name = `${connector} ${alarm}`;
    if (raised === this.#raised.has(name)) return;
    const { pending, pendingBytes } = ledger;
    if (raised) this.#raised.add(name);
    else this.#raised.delete(name);
    const { log } = this.#ports;
    if (raised) log.warn({ connector, alarm, pending, pendingBytes }, said[alarm]);
    else log.info({ connector, alarm, pending, pendingBytes }, "alarm over");
  }
}
