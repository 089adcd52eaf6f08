import { Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../define/units.ts";
import type { TopologyMode } from "../matrix/cells.ts";
import type { Perspective } from "../matrix/explain/model.ts";
import { check } from "./commands/check.ts";
import { contract } from "./commands/contract.ts";
import { type DecideOptions, decide } from "./commands/decide.ts";
import { drain } from "./commands/drain.ts";
import { explain, explainNow } from "./commands/explain.ts";
import { type Filter, faultsList, show, where } from "./commands/faults.ts";
import { status } from "./commands/status.ts";
import { tryOut } from "./commands/try.ts";
import type { Endpoints } from "./endpoints/endpoint.ts";
import { type EndpointOptions, readEndpoints } from "./endpoints/find.ts";
import { type ExitCode, UsageError } from "./exit.ts";
import { type Output, print } from "./output.ts";

interface Common extends EndpointOptions {
  readonly mode: TopologyMode;
  readonly json: boolean;
  readonly program: string;
}
type Said = Output & { readonly code: ExitCode };

/** The commands. @param ended is given the exit code of the command that ran */
export const programOf = (ended: (code: ExitCode) => void): Command => {
  const program = new Command("isthmus")
    .description("What an engineer asks of the gateway. Every command asks all regions at once.")
    .option("-e, --env <name>", "environment", "local")
    .addOption(
      new Option("-m, --mode <mode>", "topology of our regions")
        .choices(["active-active", "primary-secondary"])
        .default("active-active"),
    )
    .option("--endpoints <file>", "where the regions are (default: what the deployment wrote)")
    .option("--home <folder>", "folder of the deployment's state (default: .isthmus here or above)")
    .option("--program <folder>", "folder of environments/ and partners/", "infra")
    .option("--json", "JSON instead of text", false)
    .showHelpAfterError()
    .addHelpText("after", "\nExit codes: 0 well, 1 wrong use, 2 something needs attention, 3 a region does not answer");
  const common = (): Common => program.opts<Common>();
  const say = async (said: Promise<Said>): Promise<void> => {
    const { code, ...output } = await said;
    print(output, common().json);
    ended(code);
  };
  const asking: Asking = (ask) => readEndpoints(common()).then(ask);
  watching(program, asking, say);
  explaining(program, asking, say);
  deciding(program, asking, say);
  writing(program, common, say);
  return program;
};

type Say = (said: Promise<Said>) => Promise<void>;
/** Asks the regions, wherever they are. */
type Asking = (ask: (endpoints: Endpoints) => Promise<Said>) => Promise<Said>;

const watching = (program: Command, asking: Asking, say: Say): void => {
  program
    .command("status")
    .description("us, them or the link? is anything lost? when is it full?")
    .argument("[connector]")
    .action((connector?: string) => say(asking((endpoints) => status(endpoints, connector))));
  program
    .command("where")
    .description("where an event is, and what became of it")
    .argument("<id>", "the event's id, or its source and id with a space between")
    .action((id: string) => say(asking((endpoints) => where(endpoints, id))));
  program
    .command("drain")
    .description("accept nothing more for a connector, and wait until what it has is sent")
    .argument("<connector>")
    .option("--wait <span>", "how long to wait", spanMs, 60_000)
    .action((connector: string, { wait }: { wait: number }) =>
      say(asking((endpoints) => drain(endpoints, connector, wait))),
    );
};

const explaining = (program: Command, asking: Asking, say: Say): void => {
  program
    .command("explain")
    .description("what happens in a cell of the matrix, or what a connector does now, and what decides")
    .usage("[options] <role> <location> <their topology> <our topology> <disruption> | <connector> --now")
    .argument("<what...>", "a cell's five values, or its id; a connector")
    .option("--now", "what the connector does at this moment, and what happens next")
    .addOption(
      new Option("--perspective <whose>", "what we do, or what the partner sees and does")
        .choices(["ours", "theirs"])
        .default("ours"),
    )
    .action((what: string[], { now, perspective }: { now?: boolean; perspective: Perspective }) => {
      const [connector = "", ...others] = what;
      if (!now) return say(explain(what, perspective));
      if (others.length > 0) throw new UsageError("--now: name one connector");
      return say(asking((endpoints) => explainNow(endpoints, connector)));
    });
};

const deciding = (program: Command, asking: Asking, say: Say): void => {
  const faults = program.command("faults").description("what was refused for good, and conflicts");
  filtered(faults.command("list", { isDefault: true }))
    .description("grouped by reason")
    .option("--conflicts", "same identity, other content")
    .action(({ conflicts, ...filter }: Filter & { conflicts?: boolean }) =>
      say(asking((endpoints) => faultsList(endpoints, { ...filter, what: conflicts ? "conflict" : "faulted" }))),
    );
  faults
    .command("show")
    .argument("<id>")
    .description("all that is known of one, personal fields masked")
    .action((id: string) => say(asking((endpoints) => show(endpoints, id))));
  for (const verb of ["resubmit", "discard"] as const) {
    changing(filtered(faults.command(verb).argument("[ids...]")))
      .description(verb === "resubmit" ? "send again, in order, translated anew" : "give up for good")
      .action((ids: string[], options: DecideOptions) =>
        say(
          asking((endpoints) =>
            decide(endpoints, ids, { ...options, what: "faulted" }, { path: `/admin/faults/${verb}`, verb }),
          ),
        ),
      );
  }
  const unknown = program.command("unknown").description("sent, and the answer was not seen");
  filtered(unknown.command("list", { isDefault: true })).action((filter: Filter) =>
    say(asking((endpoints) => faultsList(endpoints, { ...filter, what: "unknown" }))),
  );
  changing(filtered(unknown.command("settle").argument("[ids...]")))
    .description("say what became of them")
    .addOption(
      new Option("--as <what>", "it happened, or send it again").choices(["delivered", "resend"]).makeOptionMandatory(),
    )
    .action((ids: string[], { as, ...options }: DecideOptions & { as: string }) =>
      say(
        asking((endpoints) =>
          decide(
            endpoints,
            ids,
            { ...options, what: "unknown" },
            { path: "/admin/unknown/settle", verb: `settle as ${as}`, extra: { as } },
          ),
        ),
      ),
    );
};

const writing = (program: Command, common: () => Common, say: Say): void => {
  program
    .command("check")
    .description("rules that types cannot state, and the fixtures, offline")
    .argument("[connectors...]", "names in the environment, or files of definitions")
    .action((names: string[]) => say(check(names, common())));
  program
    .command("contract")
    .description("what the partner is given: endpoints, proof, limits, what they will see and must do")
    .argument("<connector>", "its name in the environment")
    .option("--out <folder>", "write the files there; default: print the page")
    .action((connector: string, options: { readonly out?: string }) =>
      say(contract(connector, { ...common(), ...options })),
    );
  program
    .command("try")
    .description("what a definition makes of one message or event")
    .argument("<connector>", "its name in the environment, or its file")
    .argument("<file>", "<case>.message.json or <case>.event.json")
    .option("--update", "write it as what is expected", false)
    .action((connector: string, file: string, { update }: { update: boolean }) =>
      say(tryOut(connector, file, { ...common(), update })),
    );
};

const filtered = (command: Command): Command =>
  command
    .option("--connector <name>", "of this connector")
    .option("--since <span>", "settled within, for example 2h")
    .option("--error <text>", "whose reason contains this");

const changing = (command: Command): Command =>
  command
    .option("--reason <text>", "why, for the record")
    .option("--dry-run", "only say what would be done")
    .option("--yes", "do not ask");

const spanMs = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError("not a length of time such as 30s or 5m");
  return ms;
};
