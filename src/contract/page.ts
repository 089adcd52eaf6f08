/** The page for people: endpoints, proof, limits, what they will see and must do. */

import { siteNames } from "../core/sites.ts";
import { httpAnswers } from "../define/policy.ts";
import type { ConnectorSpec, ReconcileSpec, SendSpec } from "../define/spec.ts";
import { identityHeaderOf } from "../drivers/http/send/compose.ts";
import { type CellLocation, type Disruption, disruptions, type VariantName } from "../matrix/cells.ts";
import { theirVariants } from "../matrix/explain/explain.ts";
import type { TheirVariant } from "../matrix/explain/model.ts";
import { capital, size, span } from "../matrix/explain/text.ts";
import type { Scene } from "../matrix/scene.ts";
import type { ContractInput } from "./input.ts";
import { type ProofText, proofText, signatureText, type Vector } from "./vectors.ts";

export const contractPage = (input: ContractInput, specFile: string | null): string =>
  [
    `# ${input.spec.name}`,
    `For ${input.spec.partner.name}: ${purposes[input.spec.role]} Made by \`isthmus contract ${input.spec.name}\` from what is deployed.`,
    ...(specFile === null ? [] : [`The same for machines: [${specFile}](${specFile}).`]),
    endpointSection(input),
    proofSection(input.spec),
    limitSection(input.spec),
    ...disruptionSections(input),
    rotationSection(input.spec),
    "",
  ].join("\n\n");

const purposes: Readonly<Record<ConnectorSpec["role"], string>> = {
  receive: "you call us.",
  poll: "we read from you.",
  send: "we call you.",
  feed: "you read from us.",
};

const endpointSection = ({ spec, regions, endpoints, fixedAddresses }: ContractInput): string => {
  if (spec.role === "receive" || spec.role === "feed") {
    return [
      "## Endpoints",
      "",
      "| region | endpoint |",
      "|---|---|",
      ...regions.map((region) => `| ${region} | ${endpointText(endpoints[region], spec.name)} |`),
      "",
      "Any of them, at any time: all answer alike. Know all of them, and use another when one does not answer.",
      ...(spec.role === "feed" ? ["", feedCall] : []),
    ].join("\n");
  }
  return [
    "## Your sites",
    "",
    "| site | address |",
    "|---|---|",
    ...Object.entries(spec.partner.sites).map(
      ([site, { url }]) => `| ${site} | ${url === undefined ? "told by you" : `\`${url}\``} |`,
    ),
    "",
    `Each of our regions (${regions.join(", ")}) may call any of them: allow the addresses of all. One acts for an event at a time.`,
    ...(spec.partner.fixedSource ? addressLines(regions, fixedAddresses) : []),
  ].join("\n");
};

const addressLines = (regions: readonly string[], addresses: ContractInput["fixedAddresses"]): readonly string[] => [
  "",
  "Our calls come from these addresses and no others:",
  "",
  "| region | addresses |",
  "|---|---|",
  ...regions.map((region) => `| ${region} | ${addressText(addresses[region] ?? [])} |`),
];

const addressText = (addresses: readonly string[]): string =>
  addresses.length === 0 ? "told when it is deployed" : addresses.map((address) => `\`${address}\``).join(", ");

const feedCall =
  "Call it with `GET`. A page is an array of CloudEvents; its header `isthmus-cursor` is its cursor, which you present as `?cursor=` of the next call.";

const endpointText = (base: string | undefined, name: string): string =>
  base === undefined
    ? `told when it is deployed: \`https://<host>/${name}\``
    : `\`${base.replace(/\/$/, "")}/${name}\``;

const proofSection = (spec: ConnectorSpec): string => {
  const proofs = proofsOf(spec);
  const title =
    spec.role === "send" || spec.role === "poll" ? "How you know that it is us" : "How we know that it is you";
  if (proofs.length === 0) return `## ${title}\n\n${authText(spec)}`;
  const one = proofs.length > 1 ? ["One of these must hold.", ""] : [];
  return [`## ${title}`, "", ...one, ...proofs.flatMap(proofLines)].join("\n").trimEnd();
};

type Named = readonly [name: string, proof: ProofText];

const proofsOf = (spec: ConnectorSpec): readonly Named[] => {
  if (spec.driver !== "http") return [];
  switch (spec.role) {
    case "receive":
      return spec.options.verify.map((one) => [one.scheme, proofText(one)]);
    case "feed":
      return Object.entries(spec.options.readers).map(([reader, one]) => [`reader ${reader}`, proofText(one)]);
    case "send":
      return spec.options.sign === null ? [] : [[spec.options.sign.scheme, signatureText(spec.options.sign)]];
    case "poll":
      return [];
  }
};

const authText = ({ partner }: ConnectorSpec): string => {
  const kinds = [...new Set(Object.values(partner.sites).flatMap(({ auth }) => auth?.kind ?? []))];
  return kinds.length === 0
    ? "By nothing: your side asks for no credential."
    : `By the credential that you gave us (${kinds.join(", ")}), with every call.`;
};

const proofLines = ([name, { how, vector }]: Named): readonly string[] => [
  `### ${name}`,
  "",
  ...how.map((line) => `- ${line}`),
  "",
  ...(vector === null ? [] : vectorLines(vector)),
];

const vectorLines = ({ key, headers, body, at }: Vector): readonly string[] => [
  `An example to test with, made at ${at} with the key \`${key}\`, which is used nowhere else:`,
  "",
  "```http",
  ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ...(body === "" ? [] : ["", body]),
  "```",
  "",
];

const limitSection = (spec: ConnectorSpec): string =>
  ["## Limits", "", ...limitsOf(spec).map((line) => `- ${line}`)].join("\n");

const reconcileText = ({ options, when }: ReconcileSpec): string =>
  `We also read \`${options.path}\` of yours, ${when.kind === "gap" ? "when a number is missing" : `every ${span(when.everyMs)}`}: what you never sent, or we never got.`;

/** Where a message of ours says which one it is. */
const identityPlaceOf = (spec: SendSpec): string => {
  switch (spec.driver) {
    case "http":
      return identityHeaderOf(spec);
    case "sqs":
      return "isthmus-id";
    case "event-bridge":
      return "detail.source and detail.id";
  }
};

const limitsOf = (spec: ConnectorSpec): readonly string[] => {
  const { tooLarge, unavailable } = httpAnswers;
  const { rate } = spec.partner;
  const pace =
    rate === undefined
      ? []
      : [
          `At most ${rate.limit} requests in ${span(rate.perMs)}, from all of our regions together with your other connectors.`,
        ];
  switch (spec.role) {
    case "receive":
      return [
        ...(spec.driver === "http"
          ? [`A message has at most ${size(spec.options.limitBytes)}: beyond it ${tooLarge}.`]
          : []),
        `An identity is known for ${span(spec.dedupeWindowMs)}.`,
        ...(spec.reconcile === null ? [] : [reconcileText(spec.reconcile)]),
        `${unavailable} with Retry-After while we hold as much as we can, or start.`,
      ];
    case "send":
      return [
        ...pace,
        `Answer within ${span(spec.requestTimeoutMs)}. \`${identityPlaceOf(spec)}\` carries the identity.`,
        ...(spec.idempotency.kind === "header"
          ? [`Remember it for at least ${span(spec.idempotency.remembersMs)}.`]
          : []),
      ];
    case "poll":
      return [
        ...pace,
        `We read every ${span(spec.options.everyMs)} once we have everything. Answer within ${span(spec.requestTimeoutMs)}.`,
      ];
    case "feed":
      return [`An event stays ${span(spec.options.retentionMs)} after every reader has acknowledged it.`];
  }
};

const titles: Readonly<Record<Disruption, string>> = {
  none: "When nothing goes wrong",
  ours: "When a region of ours fails over",
  theirs: "When a site of yours fails over",
  both: "When both happen at once",
  link: "When the link between us is bad",
};

const disruptionSections = ({ spec, mode, regions, policy }: ContractInput): readonly string[] => {
  const { location } = spec.partner;
  const shown: CellLocation = location === "internet" ? "same-cloud" : location;
  const scene: Scene = { spec, mode, regions, location: shown, policy, isExample: false };
  const hasOneSite = siteNames(spec.partner).length === 1;
  return disruptions
    .filter((disruption) => disruption !== "both" || !hasOneSite)
    .map((disruption) =>
      sectionOf(
        disruption,
        theirVariants(scene, disruption).filter(({ variant }) => !hasOneSite || !needsTwo.has(variant)),
      ),
    );
};

/** What cannot befall a partner of one site, or is the same as the loss of all. */
const needsTwo: ReadonlySet<VariantName> = new Set(["one-site", "forgetful-site"]);

/** Variants of which the same is told stand together. */
const sectionOf = (disruption: Disruption, variants: readonly TheirVariant[]): string => {
  const alike = [...Map.groupBy(variants, ({ sees, does }) => JSON.stringify([sees, does])).values()];
  return [
    `## ${titles[disruption]}`,
    ...alike.map((told) => {
      const [first] = told;
      return [
        ...(disruption === "none" ? [] : [`**${capital(told.map(({ happens }) => happens).join("; or "))}**`, ""]),
        "You see:",
        ...(first?.sees ?? []).map((line) => `- ${line}`),
        "",
        "You do:",
        ...(first?.does ?? []).map((line) => `- ${line}`),
      ].join("\n");
    }),
  ].join("\n\n");
};

const rotationSection = (spec: ConnectorSpec): string => {
  const secrets = secretsOf(spec);
  const lines =
    secrets === "theirs"
      ? [
          "1. Tell us the new key. From then on both are good.",
          "2. Use the new one everywhere, at every site.",
          "3. Tell us when nothing uses the old one any more. We take it out.",
        ]
      : secrets === "ours"
        ? [
            "1. We tell you the new key. Take both from then on.",
            "2. We sign with both where the header has room for two, else with the new one.",
            "3. We tell you when the old one is out.",
          ]
        : [
            "Give us the new credential while the old one is still good. We tell you when nothing uses the old one any more.",
          ];
  return ["## Rotating keys", "", ...lines].join("\n");
};

const secretsOf = (spec: ConnectorSpec): "theirs" | "ours" | "credential" => {
  if (spec.role === "receive" || spec.role === "feed") return "theirs";
  return spec.driver === "http" && spec.role === "send" && spec.options.sign !== null ? "ours" : "credential";
};
