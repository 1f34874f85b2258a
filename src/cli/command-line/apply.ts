import { collect, duration, withGlobalOptions } from "../options.ts";
import { withJsonDiagnostics } from "../report.ts";
import { add, type CommandLine, FORMAT, INTERVAL, PRUNE, REASON, RERUN, TARGET } from "./shared.ts";

/** The one command that starts runs. */
export function declareApply({ program, io, execute }: CommandLine): void {
  const examples = ["icaform apply manifests --expect sha256:…", "icaform apply plan.json"];
  const apply = add(program, "apply", "Do what the plan says, once", ...examples)
    .argument("[paths...]", "a saved plan, and manifests (default: those of the plan, or this folder)")
    .option(...FORMAT)
    .option("--auto-approve", "do not ask", false)
    .option("--expect <digest>", "refuse (exit 4) unless this is the reviewed plan or a part of it")
    .option(...TARGET)
    .option(...PRUNE)
    .option(...RERUN)
    .option(...REASON)
    .option("--rotate <name>", "update this credential's secrets whatever the dates say; may be repeated", collect, [])
    .option("--share <name>", "share this credential with the tenant again; may be repeated", collect, [])
    .option("--wait", "follow all runs to their end and start what waits for them; exit 3 if one failed", false)
    .option(...INTERVAL)
    .option("--timeout <time>", "of --wait: stop following after so long, such as 8h (exit 3)", duration("--timeout"))
    .option("--secrets-dir <folder>", "the only folder that secret files are read from");
  withGlobalOptions(apply).action((given, options) =>
    execute(
      import("../commands/apply.ts").then((one) =>
        withJsonDiagnostics(options.format, io, () => one.apply(given, options, io)),
      ),
    ),
  );
}
