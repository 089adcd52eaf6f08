/** The header fields of a request, by lower-case name: what the definition gave, and what the gateway adds. */
import type { HttpRequest } from "../../../define/model.ts";

/** Says for which region's duty, and under which lease, a request is made: `isthmus-duty: east;epoch=412`. */
const dutyHeader = "isthmus-duty";
/** Of a request's framing, and of ours: a definition cannot set them. */
const ownHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  dutyHeader,
]);
const headerName = /^[!#$%&'*+.^_`|~\w-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

export class Fields {
  readonly #values = new Map<string, string>();
  /** What is wrong with the headers that the definition gave. */
  readonly problem: string | null = null;

  constructor(given: HttpRequest["headers"]) {
    for (const given_ in given) {
      const name = given_.toLowerCase();
      const value = given[given_] ?? "";
      if (!headerName.test(name) || !headerValue.test(value))
        this.problem = `the header '${name}' holds what no header may`;
      else if (ownHeaders.has(name)) this.problem = `the header '${name}' is the gateway's`;
      else this.#values.set(name, value);
    }
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  setDefault(name: string, value: string): void {
    if (!this.#values.has(name)) this.#values.set(name, value);
  }

  setDuty({ region, epoch }: { readonly region: string; readonly epoch: number }): void {
    this.set(dutyHeader, `${region};epoch=${epoch}`);
  }

  entries(): Iterable<readonly [name: string, value: string]> {
    return this.#values;
  }

  /** Names and values in turn. */
  flat(): string[] {
    const list: string[] = [];
    for (const [name, value] of this.#values) list.push(name, value);
    return list;
  }
}
