import type { Facts } from "./facts.ts";
import { giverName } from "./giver.ts";
import type { Host } from "./host.ts";
import type { Network } from "./network.ts";
import type { Partner, SiteMood } from "./partner.ts";
import { type Fault, machinesOf, type Schedule, sitesOf } from "./schedule-model.ts";
import type { TableService } from "./table-service.ts";

/** What faults are done to. */
export interface Injured {
  readonly schedule: Schedule;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly network: Network;
  readonly partner: Partner;
  readonly tables: TableService;
  readonly hubFails: Map<string, number>;
  readonly facts: Facts;
}

export const begin = (fault: Fault, on: Injured): void => {
  switch (fault.kind) {
    case "crash":
      if (on.hosts.get(fault.machine)?.machine.up) on.facts.count(`killed ${fault.machine}`);
      return on.hosts.get(fault.machine)?.crash();
    case "restart":
      return on.hosts.get(fault.machine)?.stop();
    case "disk-lost": {
      const host = on.hosts.get(fault.machine);
      if (host?.hasWritten) on.facts.count(`emptied ${fault.machine}`);
      host?.crash();
      return host?.loseDisk();
    }
    case "freeze":
      return on.hosts.get(fault.machine)?.machine.freeze();
    case "suspend":
      return on.hosts.get(fault.machine)?.machine.suspend();
    case "step":
      return on.hosts.get(fault.machine)?.machine.stepWall(fault.byMs);
    case "disk-full":
      return on.hosts.get(fault.machine)?.fill(true);
    case "isolated":
    case "cut":
    case "cut-one-way":
    case "link-cut":
    case "link-one-way":
      for (const [from, to] of waysCut(fault, on.schedule)) on.network.cut(from, to);
      return;
    case "replication-stopped":
      return on.tables.stop(fault.from, fault.to);
    case "link-narrow":
      for (const [from, to] of both(fault.machine, fault.site)) on.network.narrow(from, to);
      return;
    case "link-refused":
      return on.partner.refuse(fault.machine, fault.site, fault.status);
    case "hub-fails":
      on.hubFails.set(fault.machine, (on.hubFails.get(fault.machine) ?? 0) + 1);
      return;
    case "site-lost":
      return on.partner.lose(fault.site);
    default:
      return change(fault, on.partner.mood(fault.site), 1);
  }
};

export const end = (fault: Fault, on: Injured): void => {
  switch (fault.kind) {
    case "crash":
    case "disk-lost": {
      const host = on.hosts.get(fault.machine);
      if (host !== undefined && !host.machine.up) host.start();
      return;
    }
    case "restart": {
      const host = on.hosts.get(fault.machine);
      if (host?.isStopping) host.crash();
      if (host !== undefined && !host.machine.up) host.start();
      return;
    }
    case "freeze":
    case "suspend":
      if (on.hosts.get(fault.machine)?.machine.stopped) on.facts.count(`stood ${fault.machine}`);
      return on.hosts.get(fault.machine)?.machine.wake();
    case "step":
      return;
    case "disk-full":
      return on.hosts.get(fault.machine)?.fill(false);
    case "isolated":
    case "cut":
    case "cut-one-way":
    case "link-cut":
    case "link-one-way":
      for (const [from, to] of waysCut(fault, on.schedule)) on.network.heal(from, to);
      return;
    case "replication-stopped":
      return on.tables.resume(fault.from, fault.to);
    case "link-narrow":
      for (const [from, to] of both(fault.machine, fault.site)) on.network.widen(from, to);
      return;
    case "link-refused":
      return on.partner.admit(fault.machine, fault.site, fault.status);
    case "hub-fails":
      on.hubFails.set(fault.machine, (on.hubFails.get(fault.machine) ?? 1) - 1);
      return;
    case "site-lost":
      return on.partner.restore(fault.site);
    default:
      return change(fault, on.partner.mood(fault.site), -1);
  }
};

type Mood = Extract<Fault, { kind: "site-hangs" | "site-mute" | "site-slow" | "site-answers" }>;

const change = (fault: Mood, mood: SiteMood, by: 1 | -1): void => {
  switch (fault.kind) {
    case "site-hangs":
      mood.hangs += by;
      return;
    case "site-mute":
      mood.mute += by;
      return;
    case "site-slow":
      if (by === 1) mood.slowMs.push(fault.delayMs);
      else mood.slowMs.splice(mood.slowMs.indexOf(fault.delayMs), 1);
      return;
    case "site-answers":
      if (by === 1) mood.answers.push(fault);
      else mood.answers.splice(mood.answers.indexOf(fault), 1);
  }
};

type Cut = Extract<Fault, { kind: "isolated" | "cut" | "cut-one-way" | "link-cut" | "link-one-way" }>;

/** The ways that a fault cuts, each from and to. */
export const waysCut = (fault: Cut, schedule: Schedule): (readonly [string, string])[] => {
  switch (fault.kind) {
    case "isolated": {
      const places = [...machinesOf(schedule.shape), ...sitesOf(schedule.shape.partner), giverName];
      const others = places.filter((place) => place !== fault.machine);
      return others.flatMap((other) => both(fault.machine, other));
    }
    case "cut":
      return both(fault.from, fault.to);
    case "cut-one-way":
      return [[fault.from, fault.to]];
    case "link-one-way":
      return [[fault.machine, fault.site]];
    case "link-cut":
      return both(fault.machine, fault.site);
  }
};

const both = (a: string, b: string): (readonly [string, string])[] => [
  [a, b],
  [b, a],
];
