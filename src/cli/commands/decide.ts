import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import type { Endpoints } from "../endpoints/endpoint.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { decisions } from "../messages.ts";
import { number, type Output } from "../output.ts";
import { ask } from "../regions.ts";
import type { Listed } from "./entries.ts";
import { codeOf, type Filter, matching } from "./faults.ts";

export interface DecideOptions extends Filter {
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Decision {
  readonly path: "/admin/faults/resubmit" | "/admin/faults/discard" | "/admin/unknown/settle";
  /** For people: `resubmit`, `discard`. */
  readonly verb: string;
  readonly extra?: Readonly<Record<string, string>>;
}

/** Most identities in one request. */
const together = 500;

/** Prints the plan, asks, and does it. @param ids those meant; none: all that fit the filter */
export const decide = async (
  endpoints: Endpoints,
  ids: readonly string[],
  options: DecideOptions,
  decision: Decision,
): Promise<Output & { readonly code: ExitCode }> => {
  const { entries, silent } = await matching(endpoints, options);
  const meant =
    ids.length === 0 ? entries : entries.filter(({ id, identity }) => ids.includes(id) || ids.includes(identity));
  const strange = ids.filter((given) => !meant.some(({ id, identity }) => id === given || identity === given));
  if (strange.length > 0) throw new UsageError(`not listed, so nothing was done: ${strange.join(", ")}`);
  if (ids.length === 0 && options.connector === undefined && options.error === undefined) {
    throw new UsageError(`say what to ${decision.verb}: ids, --connector or --error`);
  }
  const plan = planOf(meant, decision.verb);
  const planned = { planned: meant.map(({ connector, identity }) => ({ connector, identity })), silent };
  if (options.dryRun || meant.length === 0) return { json: planned, text: plan, code: codeOf(silent, false) };
  if (!options.yes && !(await agreed(plan))) throw new UsageError("nothing was done; --yes does it without asking");
  const { done, refused } = await carryOut(endpoints, meant, options, decision);
  const text = [`${number(done.length)} done`, ...refused.map(({ identity, why }) => `${identity}: ${why}`)].join("\n");
  return { json: { done, refused, silent }, text, code: refused.length > 0 ? exit.degraded : codeOf(silent, false) };
};

const planOf = (meant: readonly Listed[], verb: string): string => {
  const groups = Map.groupBy(meant, ({ connector }) => connector);
  if (groups.size === 0) return `nothing to ${verb}`;
  return [...groups].map(([connector, of]) => `${verb} ${number(of.length)} of ${connector}: ${sample(of)}`).join("\n");
};

const sample = (entries: readonly Listed[]): string => {
  const shown = entries.slice(0, 5).map(({ id }) => id);
  return entries.length > shown.length ? `${shown.join(", ")}, ...` : shown.join(", ");
};

const agreed = async (plan: string): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new UsageError(`${plan}\nthere is nobody to ask: --yes does it, --dry-run shows it`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`${plan}\ndo it? [y/N] `);
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
};

const carryOut = async (
  endpoints: Endpoints,
  meant: readonly Listed[],
  { reason }: DecideOptions,
  { path, extra }: Decision,
): Promise<{ readonly done: readonly string[]; readonly refused: readonly { identity: string; why: string }[] }> => {
  const done: string[] = [];
  const refused: { identity: string; why: string }[] = [];
  // One region decides on an entry: two would make two records of one decision.
  for (const of of Map.groupBy(meant, ({ region, connector }) => `${region} ${connector}`).values()) {
    for (let at = 0; at < of.length; at += together) {
      const some = of.slice(at, at + together);
      const [first] = some;
      const endpoint = first === undefined ? undefined : endpoints.regions[first.region];
      if (first === undefined || endpoint === undefined) continue;
      const identities = some.map(({ identity }) => identity);
      const person = userInfo().username;
      const body = { connector: first.connector, identities, person, reason: reason ?? null, ...extra };
      const answer = await ask(endpoint, path, decisions, "POST", body);
      if (answer.kind === "silent") refused.push(...identities.map((identity) => ({ identity, why: answer.why })));
      else {
        for (const result of answer.body.results) {
          if (result.kind === "done") done.push(result.identity);
          else refused.push({ identity: result.identity, why: result.why });
        }
      }
    }
  }
  return { done, refused };
};
