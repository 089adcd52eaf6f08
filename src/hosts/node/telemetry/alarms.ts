import type { Clock, Timer } from "../../../core/ports.ts";
import type { RegionStatus } from "../../../core/status.ts";
import type { CommonSpec } from "../../../define/spec.ts";
import type { Logger } from "../log.ts";

const lookMs = 10_000;
/** Part of the capacity from which on there is an alarm. */
const nearlyFull = 0.8;

type Status = RegionStatus["connectors"][string];

export type Alarm =
  | { readonly kind: "age" | "capacity" }
  /** They called, and do not any more. */
  | { readonly kind: "silence" }
  /** Numbers of theirs did not come. */
  | { readonly kind: "gap" }
  /** A reader of a feed has not read for too long what is there for it. */
  | { readonly kind: "unread"; readonly reader: string };

/** Which alarms a connector raises. Pure. @param quietForMs since the last message; null: there was none */
export const alarmsOf = (
  { role, ledger, gaps, readers }: Status,
  { hold: { alarmAfterMs, capacityBytes } }: Pick<CommonSpec, "hold">,
  wallMs: number,
  quietForMs: number | null,
): readonly Alarm[] => {
  const isOld = (at: number | null): boolean => at !== null && wallMs - at >= alarmAfterMs;
  const isSilent = role === "receive" && quietForMs !== null && quietForMs >= alarmAfterMs;
  const late = Object.entries(readers).filter(
    ([, { oldestUnreadAt, lastReadAt }]) => isOld(oldestUnreadAt) && (lastReadAt === null || isOld(lastReadAt)),
  );
  return [
    ...(isOld(ledger.oldestPendingAt) ? ([{ kind: "age" }] as const) : []),
    ...(ledger.pendingBytes >= capacityBytes * nearlyFull ? ([{ kind: "capacity" }] as const) : []),
    ...(isSilent ? ([{ kind: "silence" }] as const) : []),
    ...(gaps.gaps.some(({ forMs }) => forMs >= alarmAfterMs) ? ([{ kind: "gap" }] as const) : []),
    ...late.map(([reader]) => ({ kind: "unread", reader }) as const),
  ];
};

const said: Readonly<Record<Alarm["kind"], string>> = {
  age: "holds something for too long",
  capacity: "holds nearly all that it may",
  silence: "nothing comes any more",
  gap: "numbers of theirs are missing",
  unread: "a reader does not read any more",
};

export interface AlarmPorts {
  readonly clock: Clock;
  readonly log: Logger;
  status(): RegionStatus;
  spec(connector: string): CommonSpec | undefined;
  quietForMs(connector: string): number | null;
}

interface Raised {
  readonly connector: string;
  readonly alarm: Alarm;
}

/** Logs when a connector holds too much or too long, or nobody calls it any more, and when it is well again. */
export class Alarms {
  readonly #ports: AlarmPorts;
  #raised: ReadonlyMap<string, Raised> = new Map();
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
    const raised = new Map<string, Raised>();
    for (const [connector, status] of Object.entries(connectors)) {
      for (const alarm of this.#of(connector, status, wallMs)) {
        raised.set(JSON.stringify([connector, alarm]), { connector, alarm });
      }
    }
    for (const [name, { connector, alarm }] of raised) {
      if (!this.#raised.has(name)) this.#say("warn", connector, alarm, connectors[connector]);
    }
    for (const [name, { connector, alarm }] of this.#raised) {
      if (!raised.has(name)) this.#say("info", connector, alarm, connectors[connector]);
    }
    this.#raised = raised;
  }

  #of(connector: string, status: Status, wallMs: number): readonly Alarm[] {
    const spec = this.#ports.spec(connector);
    return spec === undefined ? [] : alarmsOf(status, spec, wallMs, this.#ports.quietForMs(connector));
  }

  #say(level: "warn" | "info", connector: string, { kind, ...about }: Alarm, status: Status | undefined): void {
    const { pending, pendingBytes } = status?.ledger ?? {};
    const text = level === "warn" ? said[kind] : "alarm over";
    this.#ports.log[level]({ connector, alarm: kind, ...about, pending, pendingBytes }, text);
  }
}
