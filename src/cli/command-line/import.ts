import { collect, positiveWhole, withGlobalOptions } from "../options.ts";
import { add, type CommandLine } from "./shared.ts";

export function declareImport({ program, io, execute }: CommandLine): void {
  const command = add(
    program,
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
    .option("--auto-approve", "with --adopt: do not ask", false);
  withGlobalOptions(command).action((given, options) =>
    execute(import("../commands/import.ts").then((one) => one.importRuns(given, options, io))),
  );
}
