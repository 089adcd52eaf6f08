/**
 * A definition asks for something that no driver of this version does. Thrown when a connector is built, so that it is
 * seen at deployment and never as a message or event that goes wrong.
 */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
  /** Where the definition says it, for example `via.sign`. */
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
  }
}
