// Events about repositories, as our systems know them. Both the connector that makes them and those that send them on
// read their schema here.
import * as z from "zod";

/** Something happened in a repository. */
export const repositoryActivity = z.object({
  /** `owner/name`. */
  repository: z.string(),
  /** What happened, for example `push` or `issues/opened`. */
  activity: z.string(),
  /** Who did it; null where nobody in particular. */
  actor: z.string().nullable(),
});
