import { setFlagsFromString } from "node:v8";
import { loadTree } from "../../manifest/load.ts";
import { counted } from "../../render/amounts.ts";
import { jsonText } from "../../render/json.ts";
import { safe } from "../../render/safe.ts";
import { operatorServer } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { tell } from "../log.ts";
import type { GlobalOptions } from "../options.ts";
import { reportDiagnostics } from "../report.ts";
import { readVariables } from "../variables.ts";

/** Checks a tree offline: no key, no call, no secret. */
export async function validate(
  paths: readonly string[],
  options: GlobalOptions & { format: "text" | "json" },
  io: Io,
): Promise<number> {
  const variables = await readVariables(options.var, options.varFile);
  // Of a small tree, V8 would spend more on optimising the YAML parser than on running it: a third of all CPU. Node warns of
  // V8 flags that change while it runs; this one only says whether code that gets hot is compiled again.
  setFlagsFromString("--no-opt");
  const loaded = await loadTree({
    paths: paths.length > 0 ? [...paths] : ["."],
    variables,
    operatorHost: operatorServer(options)?.host,
    onLarge: () => setFlagsFromString("--opt"),
  });
  const isValid = loaded.tree !== undefined;
  if (process.env.GITHUB_ACTIONS === "true") {
    const { annotate } = await import("../github.ts");
    annotate(loaded.diagnostics, io, process.env);
  }
  if (options.format === "json") {
    const { diagnostics, files, documents } = loaded;
    io.out(`${jsonText({ formatVersion: "1.0", valid: isValid, files, documents, diagnostics }, 2)}\n`);
    return isValid ? EXIT.done : EXIT.error;
  }
  reportPassedOver(loaded.passedOver, io);
  reportDiagnostics(loaded.diagnostics, io);
  if (loaded.tree === undefined) return EXIT.error;
  const { stack, credentials, mappings, sampleBatches, runs } = loaded.tree;
  const samples = sampleBatches.reduce((sum, { spec }) => sum + spec.samples.length, 0);
  io.out(
    `Valid: stack ${stack.name}, ${counted(runs.length, "run")}, ${counted(credentials.length, "credential")}, ` +
      `${counted(mappings.length, "output mapping")}${samples === 0 ? "" : `, ${counted(samples, "sample")}`} in ${counted(loaded.files, "file")}.\n`,
  );
  for (const { set, sheet, rows, of } of loaded.choices) {
    io.out(`PipelineRunSet/${safe(set)}: ${rows} of ${counted(of, "row")} of ${safe(sheet)}.\n`);
  }
  return EXIT.done;
}

/** One line for all files without any icaform document. */
export function reportPassedOver(passedOver: readonly string[], io: Io): void {
  if (passedOver.length === 0) return;
  const what = `${counted(passedOver.length, "file")} without an icaform document`;
  const event = { event: "passed-over", level: "info", message: what, files: passedOver } as const;
  tell(io, event, `passed over: ${what}\n`);
}
