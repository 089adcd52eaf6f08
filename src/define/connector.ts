// `definePartner` and `defineConnector`: the types state all that types can; `check` states the rest.
import type * as z from "zod";
import type {
  AnyVia,
  Draft,
  Duration,
  Event,
  HttpRequest,
  HttpResponse,
  Idempotency,
  Knows,
  Location,
  Message,
  Part,
  Partner,
  Role,
  Schemas,
  Size,
  StartFrom,
  Topology,
  Via,
} from "./model.ts";

type Schema = z.core.$ZodType;
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;
type Poll = Via<"poll", Location, unknown, string, Knows>;

/**
 * A partner, stated once and shared by all connectors to it. Two sites or more need a `topology`; one must not have it.
 *
 * @example definePartner({ name: "github", location: "internet", url: "https://api.github.com" })
 */
export function definePartner<const L extends Location, const S extends string = "main">(
  partner: Omit<Partner<L, S>, "topology"> &
    (IsUnion<S> extends true ? { readonly topology: Topology<NoInfer<S>> } : { readonly topology?: never }),
): Partner<L, S>;
export function definePartner(partner: Partner): Partner {
  return partner;
}

/** Fields of every connector. */
interface Common<P extends Partner, E extends Schemas> {
  readonly partner: P;
  /** Egress: the subscription. Ingress: all that `translate` may return. Both: the schemas. */
  readonly events: E;
  /** Acknowledge after our own durable write, or after another region has it too. Default `"regional"`. */
  readonly durability?: "regional" | "replicated";
  /** `replicated` while no other region is reachable. Default `"refuse"` (503). */
  readonly whenAlone?: "refuse" | "accept";
  /** For how long an identity is known. Default `"7d"`. */
  readonly dedupeWindow?: Duration;
  /** `"key"`: in order per partition key; `"latest"`: an event replaces older ones of its key. Default `"none"`. */
  readonly ordering?: "none" | "key" | "latest";
  /** JSON pointers of personal data, masked wherever people look. */
  readonly personal?: readonly `/${string}`[];
  /** How long settled entries and raw messages are kept. Default `"7d"` both. */
  readonly retention?: { readonly settled?: Duration; readonly raw?: Duration };
  /** How much may wait here, and from which age on there is an alarm. Default `"10GB"`, `"15m"`. */
  readonly hold?: { readonly capacity?: Size; readonly alarmAfter?: Duration };
}

type Ingress<V, M extends Schema, E extends Schemas, F extends Schema, B = z.output<M>> = {
  readonly message: M;
  /** Their numbering, to find gaps and the newest. */
  readonly sequence?: (message: Message<B>) => { readonly of: string; readonly number: number };
  /** Thin messages: one read at their API, done by the gateway. */
  readonly fetch?: { readonly request: (message: Message<B>) => HttpRequest | null; readonly response: F };
  /** Pure. One event, several parts, or null to ignore the message. */
  readonly translate: (
    message: Message<B>,
    context: { readonly fetched: z.output<F> | null },
  ) => Draft<E> | readonly Part<E>[] | null;
} & (V extends Via<Role, Location, unknown, string, "id">
  ? { readonly id?: (message: Message<B>) => string }
  : { readonly id: (message: Message<B>) => string }) &
  (V extends Via<"receive", Location, unknown, string, Knows>
    ? {
        /** A proved message that does not fit the schema: keep as a fault, or answer 400. Default `"fault"`. */
        readonly onInvalid?: "fault" | "reject";
        /** Same identity, other content: list it, or answer 409. The first stays. Default `"keep"`. */
        readonly onConflict?: "keep" | "reject";
        /** Fills what they never sent, into the same journal. */
        readonly reconcile?: {
          readonly via: Poll;
          readonly when: "gap" | Duration;
          readonly adapt?: (item: unknown) => z.input<M>;
        };
      }
    : { readonly startFrom?: StartFrom; readonly lookback?: Duration });

/** Asks their API whether an event arrived, after no answer was seen. */
export interface Lookup<E extends Schemas> {
  /** How long after the unanswered request. Default `"10s"`. */
  readonly after?: Duration;
  readonly request: (event: Event<E>) => HttpRequest;
  readonly found: (response: HttpResponse, event: Event<E>) => boolean | "unknown";
}

type Send<V, E extends Schemas, Out, A extends Schemas> = {
  /** Pure. What the driver sends, or null to ignore the event. Default: the event as it is. */
  readonly translate?: (event: Event<E>, context: { readonly site: string }) => Out | null;
  /** Order key. Default: the event's own `partitionkey`. */
  readonly partitionkey?: (event: Event<E>) => string;
  /**
   * Numbering of the events, by which `ordering: "key"` puts them in order whatever the hub does: `number` of the series
   * `of`, counted from 1 without a gap. A series is best that of one key.
   */
  readonly sequence?: (event: Event<E>) => { readonly of: string; readonly number: number };
  /** For how long a number that is missing holds its key; then it is listed and passed. Default `"30s"`. */
  readonly gapAfter?: Duration;
  readonly tenant?: (event: Event<E>) => string;
  /** Their answer as an event of ours. */
  readonly reply?: {
    readonly events: A;
    readonly translate: (response: HttpResponse, event: Event<E>) => Draft<A> | null;
  };
  /** What a fault does to later events of its key. Default `"continue"`, `"block-key"` when ordered. */
  readonly onFault?: "continue" | "block-key";
  /** Events older than this are not sent. Default: never. */
  readonly expiresAfter?: Duration;
  /** Default: from `"1s"`, doubled up to `"5m"`, without end. */
  readonly retry?: { readonly first?: Duration; readonly cap?: Duration; readonly giveUpAfter?: Duration };
  readonly startFrom?: StartFrom;
} & (V extends Via<Role, Location, unknown, string, "idempotency">
  ? { readonly onUnknown?: "resend" | "hold" }
  :
      | { readonly idempotency: Idempotency; readonly onUnknown?: "resend" | "hold" | Lookup<E> }
      | { readonly idempotency: "none"; readonly onUnknown: "hold" | Lookup<E> });

type Feed<E extends Schemas> = {
  readonly translate?: (event: Event<E>) => { readonly type?: string; readonly data: unknown } | null;
  readonly startFrom?: StartFrom;
};

interface Wrong<Text extends string> {
  readonly via: { readonly error: Text };
}
type Fits<V, P> =
  V extends Via<Role, infer VL, unknown, infer VS, Knows>
    ? P extends Partner<infer L, infer S>
      ? [L] extends [VL]
        ? string extends VS
          ? unknown
          : [S] extends [VS]
            ? [VS] extends [S]
              ? unknown
              : Wrong<`'${Exclude<VS, S>}' is not a site of this partner`>
            : Wrong<`no value for site '${Exclude<S, VS>}'`>
        : Wrong<`this driver does not reach a partner located '${L}'`>
      : never
    : never;

/** A connector as the gateway loads it: what types could check is checked, so functions are typed loosely. */
export interface Definition {
  readonly partner: Partner;
  readonly via: AnyVia;
  readonly events: Schemas;
}

/**
 * A connector: one partner in one role. The driver call given as `via` decides the role, and with it which fields there
 * are. A definition is a class without a name; the environment names what it deploys.
 *
 * @example
 * export default defineConnector({
 *   partner: github,
 *   via: http.receive(githubWebhook(secret("github-webhook"))),
 *   message: z.object({ repository: z.object({ full_name: z.string() }) }),
 *   events: { "repository.pushed": z.object({ repository: z.string() }) },
 *   translate: ({ body }) => ({ type: "repository.pushed", data: { repository: body.repository.full_name } }),
 * });
 */
export function defineConnector<
  const P extends Partner,
  const V extends AnyVia,
  const E extends Schemas,
  M extends Schema = z.ZodUnknown,
  F extends Schema = z.ZodNever,
  A extends Schemas = Record<never, never>,
>(
  connector: Common<P, E> & { readonly via: V } & Fits<V, P> &
    (V extends Via<"receive" | "poll", Location, unknown, string, Knows>
      ? Ingress<V, M, E, F>
      : V extends Via<"send", Location, infer Out, string, Knows>
        ? Send<V, E, Out, A>
        : Feed<E>),
): Definition;
export function defineConnector(connector: Definition): Definition {
  return connector;
}
