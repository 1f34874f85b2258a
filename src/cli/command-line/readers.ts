import { oneOf, positiveWhole, withGlobalOptions } from "../options.ts";
import { withJsonDiagnostics } from "../report.ts";
import { add, type CommandLine, FORMAT, INTERVAL, PATHS, TARGET } from "./shared.ts";

const FORMATS = ["text", "json", "html"] as const;

/** What tells of runs that were started: `status` and `outputs`. */
export function declareReaders({ program, io, execute }: CommandLine): void {
  const status = add(program, "status", "Show how far the declared runs are", "icaform status manifests")
    .argument(...PATHS)
    .option("--format <format>", FORMATS.join(", "), oneOf("--format", FORMATS), "text")
    .option("--attempts", "list all attempts of each run, with why they were asked for", false)
    .option("--watch", "until nothing is active any more: redrawn on a terminal, else a line for each change", false)
    .option(...INTERVAL)
    .option(
      "--steps <n>",
      "of --format html: runs whose steps are read, one call for each (default: 50)",
      positiveWhole("--steps"),
    )
    .option("--cost", "add what finished runs cost: one call for each, 200 at most", false)
    .option(...TARGET);
  withGlobalOptions(status).action((given, options) =>
    execute(
      withJsonDiagnostics(options.format === "json" ? "json" : "text", io, () =>
        import("../commands/status.ts").then((one) => one.status(given, options, io)),
      ),
    ),
  );

  const outputs = add(
    program,
    "outputs",
    "List what a run wrote: paths, sizes, ids",
    "icaform outputs wgs-NA12878 manifests",
  )
    .argument("<run>", "a declared run: its name, or PipelineRun/name")
    .argument(...PATHS)
    .option(...FORMAT)
    .option("--attempt <n>", "an earlier attempt of the run (default: the newest)", positiveWhole("--attempt"));
  withGlobalOptions(outputs).action((run, given, options) =>
    execute(
      withJsonDiagnostics(options.format, io, () =>
        import("../commands/outputs.ts").then((one) => one.outputs(run, given, options, io)),
      ),
    ),
  );
}
