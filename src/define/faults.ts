/**
 * A message, an event or what a user's function returned is not what the definition says. `code` groups faults of one
 * cause; the message names the field and is written for the user.
 */
export class DefinitionFault extends Error {
  override readonly name = "DefinitionFault";
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type FaultCode =
  /** The partner's message does not fit the `message` schema. */
  | "message-invalid"
  /** What was read for a thin message does not fit `fetch.response`. */
  | "fetched-invalid"
  /** An event of ours does not fit its schema. */
  | "event-invalid"
  /** `translate` returned what it must not: a promise, an unknown type, no data, parts without or with the same name. */
  | "translation-invalid"
  /** Another function returned what it must not: `id`, `sequence`, `cursor.next`, `adapt`, `judge` and the like. */
  | "result-invalid";
