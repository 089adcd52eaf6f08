// What a door and the process behind it tell each other.
import * as z from "zod";

const socket = { id: z.int(), host: z.string(), port: z.int() };
export const asked = z.discriminatedUnion("do", [
  z.object({ do: z.literal("listen"), ...socket }),
  z.object({ do: z.literal("connect"), ...socket }),
  /** Nobody waits for that connection any more. */
  z.object({ do: z.literal("abandon"), id: z.int() }),
]);
export type Asked = z.output<typeof asked>;

/** Comes with the socket, or with the system's code why there is none. `ready`: the process takes questions. */
export const told = z.union([z.object({ id: z.int(), code: z.string().nullable() }), z.literal("ready")]);
export type Told = z.output<typeof told>;
