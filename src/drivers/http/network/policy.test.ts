import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { type AddressPolicy, addressJudge } from "./policy.ts";

const judge = (policy: Partial<AddressPolicy>) =>
  addressJudge({ location: "internet", cidrs: [], loopback: [], ...policy });
const allows = (policy: Partial<AddressPolicy>, address: string, port = 443): boolean =>
  judge(policy)(address, port) === null;

const never: readonly (readonly [string, string])[] = [
  ["metadata service", "169.254.169.254"],
  ["metadata service over IPv6 (AWS)", "fd00:ec2::254"],
  ["metadata service, mapped", "::ffff:169.254.169.254"],
  ["metadata service, mapped, in hex", "::ffff:a9fe:a9fe"],
  ["metadata service behind NAT64", "64:ff9b::169.254.169.254"],
  ["metadata service behind a local NAT64 prefix", "64:ff9b:1::169.254.169.254"],
  ["metadata service by 6to4", "2002:a9fe:a9fe::1"],
  ["metadata service, IPv4-compatible", "::169.254.169.254"],
  ["Alibaba's metadata service", "100.100.100.200"],
  ["Oracle's metadata service", "192.0.0.192"],
  ["Azure's host agent", "168.63.129.16"],
  ["Azure's host agent, mapped", "::ffff:168.63.129.16"],
  ["private 10/8", "10.0.0.1"],
  ["private 10/8, mapped", "::ffff:10.0.0.1"],
  ["private 10/8, SIIT", "::ffff:0:10.0.0.1"],
  ["private 172.16/12", "172.31.255.255"],
  ["private 192.168/16", "192.168.1.1"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["this host", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["loopback", "127.0.0.1"],
  ["loopback elsewhere in 127/8", "127.8.8.8"],
  ["loopback over IPv6", "::1"],
  ["unspecified over IPv6", "::"],
  ["link-local over IPv6", "fe80::1"],
  ["unique local", "fc00::1"],
  ["site-local", "fec0::1"],
  ["multicast", "224.0.0.1"],
  ["multicast over IPv6", "ff02::1"],
  ["broadcast", "255.255.255.255"],
  ["documentation", "203.0.113.1"],
  ["documentation over IPv6", "2001:db8::1"],
  ["benchmarking", "198.18.0.1"],
  ["future use", "240.0.0.1"],
  ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
  ["discard", "100::1"],
  ["segment routing", "5f00::1"],
  ["not an address", "localhost"],
  ["of a zone", "fe80::1%eth0"],
  ["public, of a zone", "2606:4700:4700::1111%eth0"],
  ["loopback in octal", "0177.0.0.1"],
  ["loopback as one number", "2130706433"],
  ["loopback in short", "127.1"],
  ["loopback, mapped, at full length", "0000:0000:0000:0000:0000:ffff:7f00:0001"],
  ["private 10/8 by 6to4", "2002:a00:1::"],
  ["private 10/8 behind NAT64", "64:ff9b::a00:1"],
];

describe.each(["internet", "same-cloud", "azure", "google-cloud"] as const)("a partner located %s", (location) => {
  it.each(never)("is never called at: %s (%s)", (_name, address) => {
    expect(allows({ location }, address)).toBe(false);
  });

  it.each(["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1"])(
    "is called at the public address %s",
    (address) => expect(allows({ location }, address)).toBe(true),
  );
});

it.each(["internet", "azure", "google-cloud"] as const)(
  "no network is declared for a partner located %s",
  (location) => {
    expect(allows({ location, cidrs: ["10.0.0.0/8"] }, "10.0.0.1")).toBe(false);
  },
);

it("a partner in the same cloud is called at its private endpoints too, and at no other private address", () => {
  const policy = { location: "same-cloud", cidrs: ["10.255.0.128/25", "169.254.0.0/16"] } as const;
  expect(["10.255.0.129", "::ffff:10.255.0.200", "8.8.8.8"].map((address) => allows(policy, address))).toEqual([
    true,
    true,
    true,
  ]);
  for (const address of ["10.255.0.1", "10.0.0.1", "169.254.169.254", "127.0.0.1"])
    expect(allows(policy, address)).toBe(false);
});

describe("a public address is what a library of ranges takes for one", () => {
  const judged = judge({});
  const isPublic = (text: string): boolean => judged(text, 443) === null;
  const ipv4 = fc.ipV4().filter((text) => text !== "168.63.129.16");
  // Forms that carry an IPv4 address are judged by that.
  const ipv6 = fc.ipV6().filter((text) => {
    const address = ipaddr.parse(text);
    const compatible = address.toNormalizedString().startsWith("0:0:0:0:0:0:");
    return !compatible && !/^(ipv4Mapped|rfc6145|rfc6052|6to4)$/.test(address.range());
  });

  it("IPv4", () => {
    fc.assert(
      fc.property(ipv4, (text) => {
        expect([text, isPublic(text)]).toEqual([text, ipaddr.parse(text).range() === "unicast"]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("IPv6", () => {
    const global = ipaddr.parseCIDR("2000::/3");
    const near = fc.tuple(fc.constantFrom("2001:", "2620:4f:", "3fff:", "fe80:", "100:"), ipv6).map(([start, text]) => {
      const groups = ipaddr.parse(text).toNormalizedString().split(":");
      return [start.slice(0, -1), ...groups.slice(start.split(":").length - 1)].join(":");
    });
    fc.assert(
      fc.property(fc.oneof(ipv6, near), (text) => {
        const address = ipaddr.parse(text);
        expect([text, isPublic(text)]).toEqual([text, address.range() === "unicast" && address.match(global)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("the last address before each range, its first, its last and the one after", () => {
    const ranges: object = Reflect.get(ipaddr.IPv4.prototype, "SpecialRanges");
    const networks = Object.values(ranges).flatMap((each: readonly (readonly [ipaddr.IPv4, number])[]) => each);
    expect(networks.length).toBeGreaterThan(15);
    const at = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
    for (const [network, bits] of networks) {
      const first = network.octets.reduce((sum, octet) => sum * 256 + octet, 0);
      const end = first + 2 ** (32 - bits);
      for (const text of [first - 1, first, end - 1, end].filter((n) => n >= 0 && n < 2 ** 32).map(at)) {
        expect([text, isPublic(text)]).toEqual([text, ipaddr.parse(text).range() === "unicast"]);
      }
    }
  });
});

describe("a partner on premises", () => {
  const policy = { location: "on-prem", cidrs: ["10.20.0.0/16", "fd12:3456::/32"] } as const;

  it("is called in exactly its declared networks", () => {
    expect(["10.20.0.1", "10.20.255.254", "::ffff:10.20.3.4", "fd12:3456::9"].map((at) => allows(policy, at))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["10.21.0.1", "8.8.8.8", "192.168.1.1", "fd12:3457::9"].some((at) => allows(policy, at))).toBe(false);
  });

  it("is in a network however its address is written, and a network of one family holds none of the other", () => {
    expect(allows(policy, "fd12:3456:0:0::0009")).toBe(true);
    expect(allows({ location: "on-prem", cidrs: ["10.20.7.9/16"] }, "10.20.1.1")).toBe(true);
    expect(allows({ location: "on-prem", cidrs: ["::/0"] }, "10.1.2.3")).toBe(false);
    expect(allows({ location: "on-prem", cidrs: ["0.0.0.0/0"] }, "fd12:3456::9")).toBe(false);
  });

  it("has no network where none is declared", () => {
    expect(allows({ location: "on-prem" }, "10.0.0.1")).toBe(false);
  });

  it("is not called at this machine or a metadata service, even where everything is declared", () => {
    const all = { location: "on-prem", cidrs: ["0.0.0.0/0", "::/0"] } as const;
    for (const at of ["127.0.0.1", "::1", "169.254.169.254", "0.0.0.0", "168.63.129.16", "fe80::1", "224.0.0.1"]) {
      expect([at, allows(all, at)]).toEqual([at, false]);
    }
    expect(allows(all, "10.1.2.3")).toBe(true);
  });
});

describe("loopback", () => {
  const policy = { loopback: ["127.0.0.1:9443", "[::1]:9444"] };

  it("is called at listed addresses with their port only, at every location", () => {
    for (const location of ["internet", "on-prem"] as const) {
      expect(allows({ ...policy, location }, "127.0.0.1", 9443)).toBe(true);
      expect(allows({ ...policy, location }, "::1", 9444)).toBe(true);
      expect(allows({ ...policy, location }, "127.0.0.1", 9444)).toBe(false);
      expect(allows({ ...policy, location }, "127.0.0.2", 9443)).toBe(false);
    }
  });

  it.each(["9443", "localhost:9443", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "10.0.0.1:9443", "8.8.8.8:443"])(
    "refuses the entry %s",
    (entry) => expect(() => judge({ loopback: [entry] })).toThrow(/loopback/),
  );
});

it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0/16", "fd00::/129", "/8", "shop.example/8"])(
  "refuses the network %s, which cannot be read",
  (cidr) => expect(() => judge({ location: "on-prem", cidrs: [cidr] })).toThrow(/is not a network/),
);
