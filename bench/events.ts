import { randomUUID } from "node:crypto";
import type { Deployment } from "./gateway.ts";

export const githubSecret = "bench-github-webhook";
export const signingKey = Buffer.from("bench-billing-signing-key").toString("base64");

export const pushes = { name: "github-pushes", path: "infra/partners/github/pushes.ts" };
export const pushesDeployment: Deployment = { secrets: { "github-webhook": [githubSecret] } };

export const invoices = { name: "billing-invoices", path: "infra/partners/billing/invoices.ts" };
/** @param sink where both sites of the billing partner are */
export const invoicesDeployment = (sink: string): Deployment => ({
  settings: { "billing-url-primary": sink, "billing-url-secondary": sink },
  secrets: { "billing-signing": [`whsec_${signingKey}`] },
});

/** Events that make an invoice each, of 500 repositories. */
export const activities = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, index) => ({
    specversion: "1.0",
    type: "repository.activity",
    id: randomUUID(),
    source: "/bench/events",
    time: new Date().toISOString(),
    partitionkey: `octo/repository-${index % 500}`,
    datacontenttype: "application/json",
    data: { repository: `octo/repository-${index % 500}`, activity: "issues/opened", actor: "octocat" },
  }));
