import * as z from "zod";

/** A person's call must not be read on the way. */
const adminUrl = z.url().refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
}, "adminUrl: must be https, or an address of this machine");

const place = {
  publicUrl: z.url().optional(),
  adminUrl,
  /** That partners of fixed source are called from. */
  fixedAddresses: z.array(z.string()).optional(),
};

/** Shows the token that only its owner can read. */
const byToken = z.object({ ...place, tokenFile: z.string() });

/** Signed by the credentials of the person who asks. */
const bySignature = z.object({
  ...place,
  iam: z.object({
    region: z.string(),
    service: z.enum(["lambda", "execute-api"]),
    /** ARNs of the roles that may ask and that may decide, for those who have neither. */
    roles: z.object({ read: z.string(), operate: z.string() }).optional(),
  }),
});

/** Where the process of a region is asked, and how one proves who asks. */
export const reachable = z.union([byToken, bySignature]);
export type Reachable = z.output<typeof reachable>;

/** Nobody says where it is. */
export interface Unknown {
  readonly unknown: string;
  readonly publicUrl?: undefined;
  readonly fixedAddresses?: undefined;
}
export type Endpoint = Reachable | Unknown;

export interface Endpoints {
  readonly regions: Readonly<Record<string, Endpoint>>;
  readonly witness?: Endpoint | undefined;
}

export const endpointsFile = z.object({ regions: z.record(z.string(), reachable), witness: reachable.optional() });
