/**
 * Which addresses a call may go to. Judged on the address that the socket connects to, so that neither a host name, nor
 * a changed DNS answer, nor an address in disguise gets around it.
 */
import ipaddr from "ipaddr.js";
import type { Location } from "../../../define/model.ts";

export interface AddressPolicy {
  readonly location: Location;
  /** For location `on-prem`: the only networks that are allowed. */
  readonly cidrs: readonly string[];
  /** Loopback addresses with port that are allowed at every location. */
  readonly loopback: readonly string[];
}

/** null: the address may be called; else why not. */
export type AddressJudge = (address: string, port: number) => string | null;

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** Addresses in public ranges that platforms answer for their own machines (here: Azure's host agent). */
const platformAddresses: ReadonlySet<string> = new Set(["168.63.129.16"]);
/** Never a partner's, whatever networks are declared: these reach this machine, its neighbours or a metadata service. */
const neverRanges: ReadonlySet<string> = new Set(["loopback", "linkLocal", "unspecified", "multicast", "broadcast"]);
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** Builds the judge of a partner. Throws where a network or a loopback entry cannot be read. */
export const addressJudge = (policy: AddressPolicy): AddressJudge => {
  const networks = policy.cidrs.map(parseNetwork);
  const loopback = new Set(policy.loopback.map(parseEndpoint));
  return (text, port) => {
    if (!ipaddr.isValid(text)) return `${text} is not an address`;
    const address = unwrap(ipaddr.parse(text));
    if (loopback.has(endpoint(address, port))) return null;
    if (policy.location === "on-prem") {
      const declared = !isNever(address) && networks.some((network) => isWithin(address, network));
      return declared ? null : `${text} is in none of the partner's declared networks`;
    }
    return isPublic(address) ? null : `${text} is not a public address`;
  };
};

/** The IPv4 address that an IPv6 form carries: mapped, NAT64 (well-known prefix), 6to4, and the compatible form. */
const unwrap = (address: Address): Address => {
  if (address instanceof ipaddr.IPv4) return address;
  const bytes = address.toByteArray();
  switch (address.range()) {
    case "ipv4Mapped":
    case "rfc6145":
      return ipv4At(bytes, 12);
    case "rfc6052":
      return address.match(wellKnownNat64) ? ipv4At(bytes, 12) : address;
    case "6to4":
      return ipv4At(bytes, 2);
    default:
      return bytes.slice(0, 12).every((byte) => byte === 0) && address.range() === "unicast"
        ? ipv4At(bytes, 12)
        : address;
  }
};

const wellKnownNat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
const ipv4At = (bytes: readonly number[], start: number): ipaddr.IPv4 => new ipaddr.IPv4(bytes.slice(start, start + 4));

const isPublic = (address: Address): boolean => {
  if (address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv4 ? !platformAddresses.has(address.toString()) : address.match(globalUnicast);
};
const isNever = (address: Address): boolean =>
  neverRanges.has(address.range()) || platformAddresses.has(address.toString());
const isWithin = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

const parseNetwork = (text: string): Network => {
  if (!ipaddr.isValidCIDR(text)) throw new Error(`"${text}" is not a network: write it like 10.20.0.0/16`);
  return ipaddr.parseCIDR(text);
};

const endpoint = (address: Address, port: number): string => `${address.toNormalizedString()} ${port}`;

const parseEndpoint = (text: string): string => {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || !ipaddr.isValid(host) || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`loopback "${text}": write address and port like 127.0.0.1:9443`);
  }
  const address = ipaddr.parse(host);
  if (address.range() !== "loopback") throw new Error(`loopback "${text}": not a loopback address`);
  return endpoint(address, port);
};
