import type { Clock } from "../../../core/ports.ts";
import type { Region } from "../../../core/region.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import type { ConnectorSpec } from "../../../define/spec.ts";
import type { NetworkOptions } from "../../../drivers/port.ts";
import { drivers } from "../../../drivers/registry.ts";
import type { Hub } from "../../../hub/port.ts";
import { type Built, build } from "../../shared/build.ts";
import { ownOrdering } from "../../shared/hub-inputs.ts";
import type { Logger } from "../log.ts";
import { loadConnector } from "../translation/load.ts";
import type { HostTranslator } from "../translation/translator.ts";
import { closeEnds, type Deployed, unsubscribe } from "./deployed.ts";
import type { ConnectorStore, SecretValues, StoredConnector } from "./store.ts";
import { HubSubscription, type SubscriptionPorts } from "./subscription.ts";
import type { Ways } from "./ways.ts";

export interface RuntimePorts {
  readonly clock: Clock;
  readonly region: () => Region;
  readonly hub: Hub;
  readonly ways: Ways;
  readonly translator: HostTranslator;
  readonly store: ConnectorStore;
  readonly network: NetworkOptions;
  /** Signs the cursors of feeds: the same in every region. */
  readonly cursorKey: Uint8Array;
  readonly lease: LeaseTimings;
  readonly subscription: SubscriptionPorts;
  readonly log: Logger;
  /** Cursor of the connector's subscription in its journal; null: none yet. */
  cursor(connector: string): string | null;
}

/** What a connector is deployed with. */
export interface Deployment {
  readonly bundle: string;
  readonly digest: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: SecretValues;
  readonly paused: boolean;
}

/** The connectors at work in this region: added, replaced and removed while everything else goes on. */
export class ConnectorRuntime {
  readonly #ports: RuntimePorts;
  readonly #deployed = new Map<string, Deployed>();
  /** One change at a time: two of one connector must not cross. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: RuntimePorts) {
    this.#ports = ports;
  }

  get(name: string): Deployed | undefined {
    return this.#deployed.get(name);
  }

  all(): IterableIterator<[string, Deployed]> {
    return this.#deployed.entries();
  }

  /** Brings every connector of the disk to work. One that cannot be is logged; its entries stay as they are. */
  async restore(): Promise<void> {
    for (const [name, stored] of Object.entries(this.#ports.store.all)) {
      const { store } = this.#ports;
      await this.#enqueue(() => this.#apply(name, stored, store.secretsOf(name), () => stored)).catch(
        (error: unknown) => this.#ports.log.error({ connector: name, error: textOf(error) }, "connector not restored"),
      );
    }
  }

  /**
   * Adds or replaces a connector; it is at work, and on the disk, when the promise resolves.
   *
   * @throws DefinitionError, Unsupported, an Error where the role would change, or what the bundle's own code throws;
   *   then nothing has changed
   */
  put(name: string, { bundle, digest, settings, secrets, paused }: Deployment): Promise<void> {
    return this.#enqueue(async () => {
      const { store, hub } = this.#ports;
      store.putBundle(digest, bundle);
      const former = store.all[name];
      const stored: StoredConnector = { digest, settings, paused, draining: false, hubStart: former?.hubStart ?? null };
      await this.#apply(name, stored, secrets, (spec) => {
        const hubStart = subscribes(spec) ? (stored.hubStart ?? hub.cursorAt(spec.startFrom)) : null;
        const kept = { ...stored, hubStart };
        store.put(name, kept, secrets);
        return kept;
      });
    });
  }

  /** Accepts nothing more for the connector until it is deployed anew; what it has goes out. */
  drain(name: string): void {
    const deployed = this.#deployed.get(name);
    if (deployed === undefined) return;
    this.#ports.store.update(name, { draining: true });
    unsubscribe(deployed);
    this.#ports.ways.stopReading(name);
    this.#deployed.set(name, { ...deployed, draining: true });
  }

  /** Sends nothing more for the connector, and accepts nothing: it is about to be removed. */
  pause(name: string): Promise<void> {
    return this.#enqueue(async () => {
      this.drain(name);
      const deployed = this.#deployed.get(name);
      if (deployed !== undefined) this.#ports.region().setConnector(deployed.spec, true);
    });
  }

  /** After `pause`: it is not removed after all, and works on as it did. */
  resume(name: string, draining: boolean): Promise<void> {
    return this.#enqueue(async () => {
      const { store } = this.#ports;
      store.update(name, { draining });
      const stored = store.all[name];
      if (stored !== undefined) await this.#apply(name, stored, store.secretsOf(name), () => stored);
    });
  }

  /** Takes the connector out of work. Its journals stay: peers may still read them, and identities are remembered. */
  remove(name: string): Promise<void> {
    return this.#enqueue(async () => {
      const deployed = this.#deployed.get(name);
      this.#deployed.delete(name);
      this.#ports.region().removeConnector(name);
      this.#ports.translator.remove(name);
      this.#ports.store.remove(name);
      this.#ports.ways.stopReading(name);
      unsubscribe(deployed);
      closeEnds(deployed);
      if (deployed === undefined || !subscribes(deployed.spec)) return;
      await new Promise<void>((resolve) => this.#ports.hub.removeConsumer(name, resolve));
    });
  }

  /** Stops all that brings entries in. */
  stopAccepting(): void {
    for (const [name, deployed] of this.#deployed) {
      unsubscribe(deployed);
      this.#ports.ways.stopReading(name);
    }
  }

  #enqueue<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #apply(
    name: string,
    stored: StoredConnector,
    values: SecretValues,
    commit: (spec: ConnectorSpec) => StoredConnector,
  ): Promise<void> {
    const { translator, store, lease, clock, network, cursorKey } = this.#ports;
    const { settings, digest } = stored;
    const bundle = store.bundleFile(digest);
    const thread = await translator.prepare({ connector: name, bundle, settings });
    try {
      const resolved = await loadConnector(name, bundle, { settings, lease });
      const secrets = (secret: string) => values[secret] ?? [];
      const built = build(drivers[resolved.spec.driver], resolved, { secrets, clock, network, cursorKey });
      refuseOtherRole(this.#deployed.get(name), built);
      const kept = commit(resolved.spec);
      translator.use(name, thread, resolved.functions);
      this.#install(name, kept, built);
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  #install(name: string, stored: StoredConnector, built: Built): void {
    const { ways, region, log } = this.#ports;
    const { digest, paused, draining } = stored;
    const former = this.#deployed.get(name);
    unsubscribe(former);
    ways.swap(built);
    if (draining) ways.stopReading(name);
    region().setConnector(built.spec, paused);
    this.#deployed.set(name, this.#deployedOf(stored, built));
    closeEnds(former);
    log.info({ connector: name, digest, paused, draining }, "connector deployed");
  }

  #deployedOf({ digest, paused, draining, hubStart }: StoredConnector, built: Built): Deployed {
    const common = { digest, paused, draining };
    switch (built.role) {
      case "receive":
      case "poll":
        return { ...common, ...built };
      case "send":
      case "feed":
        return { ...common, ...built, subscription: draining ? null : this.#subscription(hubStart, built) };
    }
  }

  #subscription(hubStart: string | null, built: Built & { readonly role: "send" | "feed" }): HubSubscription {
    const { subscription, hub, cursor } = this.#ports;
    const { name, startFrom } = built.spec;
    const after = cursor(name) ?? hubStart ?? hub.cursorAt(startFrom);
    return new HubSubscription(subscription, built.spec, built.role === "send" ? built.functions : ownOrdering, after);
  }
}

/** What the journal holds is of the role: messages of theirs, or events of ours. */
const refuseOtherRole = (former: Deployed | undefined, { role, spec }: Built): void => {
  if (former === undefined || former.role === role) return;
  const fix = "deploy it under another name, and remove this one";
  throw new Error(`via: '${spec.name}' is at work in role '${former.role}' and cannot become '${role}'; ${fix}`);
};

const subscribes = ({ role }: ConnectorSpec): boolean => role === "send" || role === "feed";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
