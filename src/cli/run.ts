import { Command, CommanderError } from "commander";
import { EXIT } from "./exit.ts";
import { PLAN_FORMATS, SHELLS } from "./formats.ts";
import { type Io, processIo } from "./io.ts";
import { logFormatIn } from "./log.ts";
import { collect, duration, oneOf, positiveWhole, withGlobalOptions } from "./options.ts";
import { reportCommandLine, reportFault, withJsonDiagnostics } from "./report.ts";

/**
 * Parses the command line and runs one command; returns the exit code. Here is the one place where errors end: a
 * user's mistake without a stack trace, a crash of ours with one.
 */
export async function run(args: readonly string[]): Promise<number> {
  const io = await processIo(!args.includes("--no-color"), logFormatIn(args));
  let code: number = EXIT.done;
  const program = commandLine(io, async (command) => {
    code = await command;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return reportCommandLine(error, io);
    return reportFault(error, io);
  }
}

function commandLine(io: Io, execute: (command: Promise<number>) => Promise<void>): Command {
  const program = new Command("icaform")
    .description(
      "Keeps runs on Illumina Connected Analytics in git: declare them in YAML, review the plan, apply it once.",
    )
    .version(ICAFORM_VERSION, "-V, --version")
    .configureOutput({ writeOut: io.out, writeErr: io.errFormat === "text" ? io.err : () => undefined })
    .showHelpAfterError("(--help shows what is possible)")
    .exitOverride();
  /** A command that neither reads manifests nor calls ICA. */
  const addPlain = (name: string, description: string, ...examples: string[]) =>
    program
      .command(name)
      .description(description)
      .addHelpText(
        "after",
        `\nExample${examples.length > 1 ? "s" : ""}:\n${examples.map((one) => `  ${one}`).join("\n")}`,
      )
      .copyInheritedSettings(program);
  const add = (...[name, description, ...examples]: Parameters<typeof addPlain>) =>
    withGlobalOptions(addPlain(name, description, ...examples));
  const paths = ["[paths...]", "manifests: files or folders (default: this folder)"] as const;
  const format = ["--format <format>", "text, json", oneOf("--format", ["text", "json"] as const), "text"] as const;
  const rerun = [
    "--rerun <run>",
    "one more attempt of this run, whatever its end; may be repeated",
    collect,
    [] as string[],
  ] as const;
  const reason = [
    "--reason <text>",
    "why --rerun is given; kept as the tag icaform.reason; the same starts nothing twice",
  ] as const;
  const interval = [
    "--interval <time>",
    "between two looks at ICA, at least (default: 30s)",
    duration("--interval"),
  ] as const;
  const secretsDir = ["--secrets-dir <folder>", "the only folder that secret files are read from"] as const;

  add("validate", "Check manifests offline; needs no key", "icaform validate manifests")
    .argument(...paths)
    .option(...format)
    .action((given, options) =>
      execute(import("./commands/validate.ts").then((one) => one.validate(given, options, io))),
    );

  add("plan", "Show what an apply would do; writes nothing", "icaform plan manifests --out plan.json")
    .argument(...paths)
    .option("--format <format>", PLAN_FORMATS.join(", "), oneOf("--format", PLAN_FORMATS), "text")
    .option("--verbose", "each change by itself, also where many are alike", false)
    .option("--out <file>", "save the plan for `icaform apply <file>`")
    .option("--estimate", "add what it is likely to cost, from the prices of earlier runs", false)
    .option("--detailed-exitcode", "exit 2 when there is something to do", false)
    .option(
      "--target <address>",
      "only this, such as PipelineRun/x, and what it depends on; may be repeated",
      collect,
      [],
    )
    .option("--explain <run>", "why this run is, or is not, going to run; text or json")
    .option("--against <ref>", "compare with what this git commit declares; offline: no key, no call")
    .option("--prune", "abort runs that are no longer declared and still active", false)
    .option(...rerun)
    .option(...reason)
    .action((given, options) =>
      execute(
        import("./commands/plan.ts").then((one) =>
          withJsonDiagnostics(options.format, io, () => one.plan(given, options, io)),
        ),
      ),
    );

  add("apply", "Do what the plan says, once", "icaform apply manifests --expect sha256:…")
    .argument("[paths...]", "a saved plan, and manifests (default: those of the plan, or this folder)")
    .option(...format)
    .option("--auto-approve", "do not ask", false)
    .option("--expect <digest>", "refuse (exit 4) unless this is the reviewed plan or a part of it")
    .option(
      "--target <address>",
      "only this, such as PipelineRun/x, and what it depends on; may be repeated",
      collect,
      [],
    )
    .option("--prune", "abort runs that are no longer declared and still active", false)
    .option(...rerun)
    .option(...reason)
    .option("--rotate <name>", "update this credential's secrets whatever the dates say; may be repeated", collect, [])
    .option("--share <name>", "share this credential with the tenant again; may be repeated", collect, [])
    .option("--wait", "follow all runs to their end and start what waits for them; exit 3 if one failed", false)
    .option(...interval)
    .option("--timeout <time>", "of --wait: stop following after so long, such as 8h (exit 3)", duration("--timeout"))
    .option(...secretsDir)
    .action((given, options) =>
      execute(
        import("./commands/apply.ts").then((one) =>
          withJsonDiagnostics(options.format, io, () => one.apply(given, options, io)),
        ),
      ),
    );

  add("status", "Show how far the declared runs are", "icaform status manifests")
    .argument(...paths)
    .option("--format <format>", "text, json, html", oneOf("--format", ["text", "json", "html"] as const), "text")
    .option("--attempts", "list all attempts of each run, with why they were asked for", false)
    .option("--watch", "until nothing is active any more: redrawn on a terminal, else a line for each change", false)
    .option(...interval)
    .option(
      "--steps <n>",
      "of --format html: runs whose steps are read, one call for each (default: 50)",
      positiveWhole("--steps"),
    )
    .option("--cost", "add what finished runs cost: one call for each, 200 at most", false)
    .option(
      "--target <address>",
      "only this, such as PipelineRun/x, and what it depends on; may be repeated",
      collect,
      [],
    )
    .action((given, options) =>
      execute(
        withJsonDiagnostics(options.format === "json" ? "json" : "text", io, () =>
          import("./commands/status.ts").then((one) => one.status(given, options, io)),
        ),
      ),
    );

  add("outputs", "List what a run wrote: paths, sizes, ids", "icaform outputs wgs-NA12878 manifests")
    .argument("<run>", "a declared run: its name, or PipelineRun/name")
    .argument(...paths)
    .option(...format)
    .action((run, given, options) =>
      execute(
        withJsonDiagnostics(options.format, io, () =>
          import("./commands/outputs.ts").then((one) => one.outputs(run, given, options, io)),
        ),
      ),
    );

  add(
    "import",
    "Write manifests of what a project has already; changes nothing without --adopt",
    "icaform import cohort-7-prod --since 30d --out imported",
  )
    .argument(
      "[project-or-paths...]",
      "the project (default: the Stack's), and manifests of the stack it is imported to",
    )
    .option("--project <name>", "the project, where its name could be taken for a path")
    .option("--id <id>", "this analysis; may be repeated", collect, [])
    .option("--status <status>", "only analyses with this status; may be repeated", collect, [])
    .option("--tag <tag>", "only analyses that carry this tag, of whichever group; may be repeated", collect, [])
    .option("--pipeline <code>", "only analyses of this pipeline, by code or id; may be repeated", collect, [])
    .option("--since <time>", "only analyses created since: 2026-11-01, 2026-11-01T08:00:00Z, 12h, 30d, 4w")
    .option("--limit <n>", "the newest so many that no stack owns yet", positiveWhole("--limit"))
    .option(
      "--stack <name>",
      "found a new stack of this name (default: the Stack declared here, or the project's name)",
    )
    .option("--credential <name>", "for S3 inputs, whose credential ICA does not return: a declared name, or an id")
    .option("--out <folder>", "write one file for each run; no file is ever overwritten")
    .option("--adopt", "tag them in ICA as the stack's, so that a plan of them is empty", false)
    .option("--as <run>", "with --adopt and one --id: adopt it as this declared run, whatever differs")
    .option("--auto-approve", "with --adopt: do not ask", false)
    .action((given, options) =>
      execute(import("./commands/import.ts").then((one) => one.importRuns(given, options, io))),
    );

  addPlain(
    "init",
    "Write a commented starter tree and the files of its CI; overwrites nothing",
    "icaform init . --project cohort-7-prod --ci gitlab",
  )
    .argument("[folder]", "the repository's folder (default: this one); manifests go below it")
    .option("--ci <host>", "github, gitlab, none", oneOf("--ci", ["github", "gitlab", "none"] as const), "github")
    .option("--name <stack>", "the Stack's name (default: the folder's)")
    .option("--project <name>", "the ICA project, by name or id")
    .action((folder, options) => execute(import("./commands/init.ts").then((one) => one.init(folder, options, io))));

  program
    .command("simulate")
    .description("Serve an ICA in memory on this machine; --help shows its flags")
    // Before the rest: the simulator answers `--help` itself.
    .copyInheritedSettings(program)
    .allowUnknownOption()
    .helpOption(false)
    .argument("[flags...]")
    .action((flags) => execute(import("./commands/simulate.ts").then((one) => one.simulate(flags))));

  addPlain(
    "schema",
    "Print the JSON Schema of a kind, or of any manifest",
    "icaform schema PipelineRun > pipeline-run.json",
  )
    .argument("[kind]", "such as Stack or pipelinerun; also plan, apply and status, which `--format json` prints")
    .action((kind) => execute(import("./commands/schema.ts").then((one) => one.schema(kind, io))));

  addPlain(
    "completion",
    "Print a script that makes a shell complete icaform",
    "source <(icaform completion bash)     # in ~/.bashrc",
    "source <(icaform completion zsh)      # in ~/.zshrc, after compinit",
    "icaform completion fish > ~/.config/fish/completions/icaform.fish",
  )
    .argument("<shell>", SHELLS.join(", "), oneOf("completion", SHELLS))
    .action((shell) => execute(import("./commands/completion.ts").then((one) => one.completion(shell, io))));

  program
    .command("__complete [words...]", { hidden: true })
    .action((words) => execute(import("./commands/completion.ts").then((one) => one.complete(program, words, io))));

  addPlain("demo", "Walk through the whole story on the embedded simulator", "icaform demo").action(() =>
    execute(import("./commands/demo.ts").then((one) => one.demo(io))),
  );
  return program;
}
