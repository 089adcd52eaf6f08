// Everything that happens in a repository on GitHub, as one kind of event.
import { defineConnector, githubWebhook, http, secret } from "isthmus";
import * as z from "zod";
import { repositoryActivity } from "../../events/repository.ts";
import { github } from "./partner.ts";

export default defineConnector({
  partner: github,
  via: http.receive(githubWebhook(secret("github-webhook"))),
  message: z.object({
    action: z.string().optional(),
    repository: z.object({ full_name: z.string() }).optional(),
    sender: z.object({ login: z.string() }).optional(),
  }),
  events: { "repository.activity": repositoryActivity },
  ordering: "key",
  // In order also over a takeover: the survivor has what the lost region acknowledged. While one region is alone it goes on.
  durability: "replicated",
  whenAlone: "accept",
  translate({ headers, body: { action, repository, sender } }) {
    const event = headers["x-github-event"];
    if (repository === undefined || event === undefined || event === "ping") return null;
    return {
      type: "repository.activity",
      subject: repository.full_name,
      partitionkey: repository.full_name,
      data: {
        repository: repository.full_name,
        activity: action === undefined ? event : `${event}/${action}`,
        actor: sender?.login ?? null,
      },
    };
  },
});
