import * as z from "zod";
import type { HttpRequest, HttpResponse } from "../../model.ts";
import { code, duration, maybe, strict } from "../values.ts";
import { signature } from "../verification.ts";

const verdict = z.enum(["delivered", "retry", "wait", "fault", "unknown"]);

/** Options of `http.send`, as a zod schema. Settings are resolved before. */
export const httpSend = strict({
  path: maybe(z.string()),
  format: maybe(z.enum(["json", "cloudevents", "standard-webhooks", "form", "xml"])),
  sign: maybe(signature),
  timeout: maybe(duration),
  compress: maybe(z.literal("gzip")),
  responses: maybe(z.record(z.string().regex(/^[1-5]\d\d$/, { error: "is not a status" }), verdict)),
  judge: maybe(code<(response: HttpResponse) => unknown>()),
  batch: maybe(
    strict({
      max: z.int().min(1),
      within: duration,
      pack: code<(items: readonly HttpRequest[]) => unknown>(),
      judge: code<(response: HttpResponse, count: number) => unknown>(),
    }),
  ),
});
export type HttpSendFields = z.output<typeof httpSend>;
