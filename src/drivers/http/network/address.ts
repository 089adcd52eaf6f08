// Addresses in one writing each, and what an IPv6 address carries of an IPv4 one.
import { isIP } from "node:net";

export interface Address {
  readonly family: "ipv4" | "ipv6";
  /** The one writing: dotted, or eight groups in hex without zeros before them. */
  readonly text: string;
}

/** null: it is none. One of a zone (`fe80::1%eth0`) is none either: it is of this machine's links. */
export const addressOf = (text: string): Address | null => {
  if (text.includes("%")) return null;
  switch (isIP(text)) {
    case 4:
      return { family: "ipv4", text };
    case 6:
      return { family: "ipv6", text: groupsOf(text).map(hex).join(":") };
    default:
      return null;
  }
};

/** The IPv4 address that an IPv6 form carries: mapped, translated, NAT64 (well-known prefix), 6to4, and the compatible form. */
export const carriedBy = (address: Address): Address => {
  if (address.family === "ipv4") return address;
  const groups = groupsOf(address.text);
  const before = groups.slice(0, 6).map(hex).join(":");
  if (suffixed.has(before)) return ipv4Of(groups[6], groups[7]);
  if (groups[0] === 0x2002) return ipv4Of(groups[1], groups[2]);
  // `::` and `::1` are addresses of their own.
  const compatible = before === "0:0:0:0:0:0" && !(groups[6] === 0 && (groups[7] ?? 0) <= 1);
  return compatible ? ipv4Of(groups[6], groups[7]) : address;
};

/** What stands before the IPv4 address in forms that end with it. */
const suffixed: ReadonlySet<string> = new Set(["0:0:0:0:0:ffff", "0:0:0:0:ffff:0", "64:ff9b:0:0:0:0"]);

const hex = (group: number): string => group.toString(16);

const ipv4Of = (high = 0, low = 0): Address => ({
  family: "ipv4",
  text: [high >> 8, high & 0xff, low >> 8, low & 0xff].join("."),
});

/** The eight groups of a valid IPv6 address. A URL writes its last four bytes in hex, whatever they were. */
const groupsOf = (text: string): readonly number[] => {
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const [first, last] = [head, tail ?? ""].map((part) => (part === "" ? [] : part.split(":")));
  const zeros = new Array<string>(8 - (first?.length ?? 0) - (last?.length ?? 0)).fill("0");
  return [...(first ?? []), ...zeros, ...(last ?? [])].map((group) => Number.parseInt(group, 16));
};
