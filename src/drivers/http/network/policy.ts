/**
 * Which addresses a call may go to. Judged on the address that the socket connects to, so that neither a host name, nor
 * a changed DNS answer, nor an address in disguise gets around it.
 */
import { BlockList } from "node:net";
import type { Location } from "../../../define/model.ts";
import { type Address, addressOf, carriedBy } from "./address.ts";

export interface AddressPolicy {
  readonly location: Location;
  /** For location `on-prem`: the only networks that are allowed. For `same-cloud`: allowed beside public addresses. */
  readonly cidrs: readonly string[];
  /** Loopback addresses with port that are allowed at every location. */
  readonly loopback: readonly string[];
}

/** null: the address may be called; else why not. */
export type AddressJudge = (address: string, port: number) => string | null;

/** Addresses in public ranges that platforms answer for their own machines (here: Azure's host agent). */
const platformAddresses = ["168.63.129.16/32"];
const loopbackNetworks = ["127.0.0.0/8", "::1/128"];
/** Never a partner's, whatever networks are declared: these reach this machine, its neighbours or a metadata service. */
const neverNetworks = [
  ...platformAddresses,
  ...loopbackNetworks,
  // Unspecified, link-local, multicast, broadcast.
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32"],
  ...["::/128", "fe80::/10", "ff00::/8"],
];
/** Not of the public internet (IANA's special-purpose registries): private, shared, reserved, for tests or documents. */
const specialNetworks = [
  ...neverNetworks,
  ...["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24"],
  ...["198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"],
  ...["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"],
];
const globalUnicast = ["2000::/3"];

/** Builds the judge of a partner. Throws where a network or a loopback entry cannot be read. */
export const addressJudge = (policy: AddressPolicy): AddressJudge => {
  const loopback = new Set(policy.loopback.map(parseEndpoint));
  const judge = judgeOf(policy);
  return (text, port) => {
    const given = addressOf(text);
    if (given === null) return `${text} is not an address`;
    const address = carriedBy(given);
    if (loopback.has(endpoint(address, port))) return null;
    const reason = judge(address);
    return reason === null ? null : `${text} ${reason}`;
  };
};

const judgeOf = ({ location, cidrs }: AddressPolicy): ((address: Address) => string | null) => {
  if (location === "on-prem") return judgeOfDeclared(cidrs);
  const isPublic = judgeOfPublic();
  if (location !== "same-cloud" || cidrs.length === 0) return isPublic;
  const isDeclared = judgeOfDeclared(cidrs);
  return (address) => (isDeclared(address) === null ? null : isPublic(address));
};

const judgeOfDeclared = (cidrs: readonly string[]): ((address: Address) => string | null) => {
  const [declared, never] = [networks(cidrs), networks(neverNetworks)];
  return (address) => (declared(address) && !never(address) ? null : "is in none of the partner's declared networks");
};

const judgeOfPublic = (): ((address: Address) => string | null) => {
  const [special, global] = [networks(specialNetworks), networks(globalUnicast)];
  return (address) =>
    !special(address) && (address.family === "ipv4" || global(address)) ? null : "is not a public address";
};

/** Whether an address is in one of the networks. A list for each family: one for both would take the one for the other. */
const networks = (cidrs: readonly string[]): ((address: Address) => boolean) => {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of cidrs) {
    const { text, family, bits } = parseNetwork(cidr);
    lists[family].addSubnet(text, bits, family);
  }
  return ({ text, family }) => lists[family].check(text, family);
};

const parseNetwork = (text: string): Address & { readonly bits: number } => {
  const [, host = "", bits = ""] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = addressOf(host);
  if (address === null || Number(bits) > (address.family === "ipv4" ? 32 : 128)) {
    throw new Error(`"${text}" is not a network: write it like 10.20.0.0/16`);
  }
  return { ...address, bits: Number(bits) };
};

const endpoint = ({ text }: Address, port: number): string => `${text} ${port}`;

const parseEndpoint = (text: string): string => {
  const colon = text.lastIndexOf(":");
  const address = addressOf(text.slice(0, colon).replace(/^\[(.*)\]$/, "$1"));
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || address === null || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`loopback "${text}": write address and port like 127.0.0.1:9443`);
  }
  if (!networks(loopbackNetworks)(address)) throw new Error(`loopback "${text}": not a loopback address`);
  return endpoint(address, port);
};
