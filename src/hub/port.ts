/** The port of our event bus. Its events are CloudEvents 1.0, told apart by source and id. */
import type { Done } from "../core/ports.ts";
import type { StartFrom } from "../define/model.ts";
import type { HubEvent } from "../define/spec.ts";

export type PublishResult =
  /** All of them are durable, and taken by every subscriber that keeps up. */
  | { readonly kind: "published" }
  /** None of them is. `full`: the hub is at its bound, or its device is; published later they are the same events. */
  | { readonly kind: "failed"; readonly full: boolean; readonly reason: string };

/** Events in the order of the log, and where to go on. */
export interface HubPage {
  readonly events: readonly HubEvent[];
  /** Opaque text; reading after it goes on behind the last event looked at. */
  readonly cursor: string;
}

export interface ReadQuery {
  /** Cursor of an earlier page. A cursor of another log, or of one that was lost, reads from the start. */
  readonly after: string;
  readonly limit: number;
  /** How long to wait for the first event, in milliseconds. Default 0. */
  readonly waitMs?: number;
}

export interface Subscribing {
  /** Under this name the hub remembers what was taken; events are kept until every consumer has them. */
  readonly consumer: string;
  /** Event types; other events are passed over. */
  readonly types: readonly string[];
  readonly after: string;
}

export interface Subscription {
  /** Ends the subscription. The consumer stays registered. */
  stop(): void;
}

/** What every hub does. */
export interface HubPublishing {
  /** Whether a reader sees events in the order in which they were published. */
  readonly ordered: boolean;
  /**
   * Publishes all or none. An event that is published again under its identity is the same event.
   *
   * @param mayWrite asked before each call that the hub makes; false: nothing more is sent. Default: always
   */
  publish(events: readonly HubEvent[], done: Done<PublishResult>, mayWrite?: () => boolean): void;
}

/** A hub that keeps its events, so that they are read from it. */
export interface HubLog {
  /** Cursor before the first event kept, after the last, or before the first published at or after a time. */
  cursorAt(from: StartFrom): string;
  read(query: ReadQuery, done: Done<HubPage>): void;
  /**
   * Hands over pages as soon as there are events, the next one when `next` was called: that the page is durable where it
   * went is for the consumer to know. A page may be empty where only other types were passed over.
   */
  subscribe(subscribing: Subscribing, onPage: (page: HubPage, next: () => void) => void): Subscription;
  /** Nothing is kept for this consumer any more. */
  removeConsumer(consumer: string, done: Done<void>): void;
}

/** An event whose identity is in the log already is kept as it was first, and counts as published. */
export interface Hub extends HubPublishing, HubLog {}
