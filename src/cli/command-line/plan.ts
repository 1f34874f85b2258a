import { PLAN_FORMATS } from "../formats.ts";
import { oneOf, withGlobalOptions } from "../options.ts";
import { withJsonDiagnostics } from "../report.ts";
import { add, type CommandLine, FORMAT, PATHS, PRUNE, REASON, RERUN, TARGET } from "./shared.ts";

/** What reads manifests and writes nothing: `validate` and `plan`. */
export function declarePlan({ program, io, execute }: CommandLine): void {
  const validate = add(program, "validate", "Check manifests offline; needs no key", "icaform validate manifests")
    .argument(...PATHS)
    .option(...FORMAT);
  withGlobalOptions(validate).action((given, options) =>
    execute(
      withJsonDiagnostics(options.format, io, () =>
        import("../commands/validate.ts").then((one) => one.validate(given, options, io)),
      ),
    ),
  );

  const plan = add(
    program,
    "plan",
    "Show what an apply would do; writes nothing",
    "icaform plan manifests --out plan.json",
  )
    .argument(...PATHS)
    .option("--format <format>", PLAN_FORMATS.join(", "), oneOf("--format", PLAN_FORMATS), "text")
    .option("--verbose", "each change by itself, also where many are alike", false)
    .option("--out <file>", "save the plan for `icaform apply <file>`")
    .option("--estimate", "add what it is likely to cost, from the prices of earlier runs", false)
    .option("--detailed-exitcode", "exit 2 when there is something to do", false)
    .option(...TARGET)
    .option("--explain <run>", "why this run is, or is not, going to run; text or json")
    .option("--against <ref>", "compare with what this git commit declares; offline: no key, no call")
    .option(...PRUNE)
    .option(...RERUN)
    .option(...REASON);
  withGlobalOptions(plan).action((given, options) =>
    execute(
      import("../commands/plan.ts").then((one) =>
        withJsonDiagnostics(options.format, io, () => one.plan(given, options, io)),
      ),
    ),
  );
}
