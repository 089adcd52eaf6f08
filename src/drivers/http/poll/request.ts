/** A reading as an HTTP request to a site. */
import type { Reading } from "../../../core/ports.ts";
import type { HttpRequest } from "../../../define/model.ts";
import type { Composition } from "../site/composition.ts";
import { Fields } from "../site/fields.ts";
import { targetOf } from "../site/path.ts";
import type { Site } from "../site/site.ts";

/** Reading has no effect there: POST is for questions that are too long for a url. */
const methods: ReadonlySet<string> = new Set(["GET", "POST"]);

const fault = (reason: string): Composition => ({ kind: "fault", reason });

/** `path`: the connector's, where the cursor names none. */
export const composeReading = (request: HttpRequest, path: string, site: Site, { duty }: Reading): Composition => {
  const { method = "GET", body } = request;
  if (!methods.has(method)) return fault(`the method '${method}' is none that reads: use GET or POST`);
  const target = targetOf(site.basePath, request.path ?? path, request.query);
  if (target === null) return fault("the path does not stay below the site's url, or has characters to be encoded");
  const fields = new Fields(request.headers);
  if (fields.problem !== null) return fault(fields.problem);
  const text = body === undefined ? null : JSON.stringify(body);
  if (text !== null) fields.setDefault("content-type", "application/json");
  fields.setDefault("user-agent", "isthmus");
  fields.setDefault("accept", "application/json");
  // What is compressed may be much longer than it is on the wire.
  fields.set("accept-encoding", "identity");
  fields.setDuty(duty);
  return { kind: "request", method, path: target, fields, body: text };
};
