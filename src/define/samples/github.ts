import { defineConnector, definePartner, githubWebhook, http, secret } from "isthmus";
import * as z from "zod";

export const github = definePartner({ name: "github", location: "internet", url: "https://api.github.com" });

export default defineConnector({
  partner: github,
  via: http.receive(githubWebhook(secret("github-webhook"))),
  message: z.object({ ref: z.string(), after: z.string(), repository: z.object({ full_name: z.string() }) }).loose(),
  events: { "repository.pushed": z.object({ repository: z.string(), branch: z.string(), commit: z.string() }) },
  ordering: "key",
  translate({ headers, body }) {
    if (headers["x-github-event"] !== "push") return null;
    return {
      type: "repository.pushed",
      partitionkey: body.repository.full_name,
      data: { repository: body.repository.full_name, branch: body.ref.replace("refs/heads/", ""), commit: body.after },
    };
  },
});
