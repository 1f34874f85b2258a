import { UsageError } from "../../core/errors.ts";
import { didYouMean } from "../../core/suggest.ts";
import { SHELLS } from "../formats.ts";
import { noColor, oneOf } from "../options.ts";
import { add, type CommandLine } from "./shared.ts";

const CI_HOSTS = ["github", "gitlab", "none"] as const;

/** What is there to start with icaform and to get help, without manifests and ICA. */
export function declareHelpers(line: CommandLine): void {
  const { program, io, execute } = line;
  const init = add(
    program,
    "init",
    "Write a commented starter tree and the files of its CI; overwrites nothing",
    "icaform init . --project cohort-7-prod --ci gitlab",
  )
    .argument("[folder]", "the repository's folder (default: this one); manifests go below it")
    .option("--ci <host>", CI_HOSTS.join(", "), oneOf("--ci", CI_HOSTS), "github")
    .option("--name <stack>", "the Stack's name (default: the folder's)")
    .option("--project <name>", "the ICA project, by name or id");
  noColor(init).action((folder, options) =>
    execute(import("../commands/init.ts").then((one) => one.init(folder, options, io))),
  );

  program
    .command("simulate")
    .description("Serve an ICA in memory on this machine; --help shows its flags")
    // The simulator answers `--help` itself.
    .allowUnknownOption()
    .helpOption(false)
    .argument("[flags...]")
    .action((flags) => execute(simulate(flags)));

  const schema = add(
    program,
    "schema",
    "Print the JSON Schema of a kind, or of any manifest",
    "icaform schema PipelineRun > pipeline-run.json",
  ).argument("[kind]", "such as Stack or pipelinerun; also plan, apply and status, which `--format json` prints");
  noColor(schema).action((kind) => execute(import("../commands/schema.ts").then((one) => one.schema(kind, io))));

  const completion = add(
    program,
    "completion",
    "Print a script that makes a shell complete icaform",
    "source <(icaform completion bash)     # in ~/.bashrc",
    "source <(icaform completion zsh)      # in ~/.zshrc, after compinit",
    "icaform completion fish > ~/.config/fish/completions/icaform.fish",
  ).argument("<shell>", SHELLS.join(", "), oneOf("completion", SHELLS));
  noColor(completion).action((shell) =>
    execute(import("../commands/completion.ts").then((one) => one.completion(shell, io))),
  );

  program
    .command("__complete [words...]", { hidden: true })
    .option("--quoted", "the words are as they were typed")
    .action((words, options) =>
      execute(import("../commands/completion.ts").then((one) => one.complete(program, words, options, io))),
    );

  const demo = add(program, "demo", "Walk through the whole story on the embedded simulator", "icaform demo");
  noColor(demo).action(() => execute(import("../commands/demo.ts").then((one) => one.demo(io))));

  noColor(add(program, "help", "Show what a command takes, or which there are", "icaform help plan"))
    .argument("[command]", "such as plan")
    .action((name) => execute(help(name, line)));
}

async function simulate(flags: readonly string[]): Promise<number> {
  return (await import("../commands/simulate.ts")).simulate(flags);
}

/** @throws CommanderError once the help is written, as `--help` does */
async function help(name: string | undefined, { program }: CommandLine): Promise<number> {
  if (name === undefined) return program.help();
  if (name === "simulate") return simulate(["--help"]);
  const commands = program.createHelp().visibleCommands(program);
  const command = commands.find((one) => one.name() === name);
  const names = commands.map((one) => one.name());
  if (command === undefined) {
    throw new UsageError(`there is no command ${name}`, didYouMean(name, names) ?? `one of ${names.join(", ")}`);
  }
  return command.help();
}
