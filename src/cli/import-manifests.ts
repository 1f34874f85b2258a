import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { hasErrors } from "../core/diagnostic.ts";
import { TreeError } from "../core/errors.ts";
import type { ImportedRun, PassedOver } from "../core/imported.ts";
import type { Tree } from "../core/spec.ts";
import { type LoadOptions, loadTree } from "../manifest/load.ts";
import { schemaLine, writeRun, writeStack } from "../manifest/write.ts";
import type { ManifestFile } from "./manifest-files.ts";

export interface WrittenRuns {
  /** What there is to write: a new stack first, then each run. */
  files: ManifestFile[];
  /** All that is declared with them, read from the text that will be written. */
  tree: Tree;
  runs: ImportedRun[];
  /** Runs of which no valid manifest can be made. */
  passedOver: PassedOver[];
}

/**
 * Manifests of imported runs. Their texts are loaded and checked as if they lay among the files that are there already;
 * a run whose text does not pass is left out and told.
 *
 * @throws TreeError for mistakes of the tree itself
 */
export async function writeAll(
  imported: readonly ImportedRun[],
  newStack: { name: string; project: string } | undefined,
  load: LoadOptions,
): Promise<WrittenRuns> {
  const stackFile =
    newStack === undefined ? [] : [{ name: "icaform.yaml", text: writeStack(newStack.name, newStack.project) }];
  const passedOver: PassedOver[] = [];
  let runs = imported.map((run) => ({ run, name: `${run.name}.yaml`, text: writeRun(run) }));
  for (;;) {
    const files: ManifestFile[] = [...stackFile, ...runs.map(({ name, text }) => ({ name, text }))];
    // A colon is in no file's name of ours, so that a mistake in a text is not taken for one in a file.
    const texts = files.map(({ name, text }) => ({ name: `import:${name}`, text }));
    const { tree, diagnostics } = await loadTree({ ...load, texts });
    if (tree !== undefined && !hasErrors(diagnostics)) {
      return { files, tree, runs: runs.map(({ run }) => run), passedOver };
    }
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const bad = runs.filter(({ name }) => errors.some(({ file }) => file === `import:${name}`));
    if (bad.length === 0) throw new TreeError(diagnostics);
    for (const { run, name } of bad) {
      const [first] = errors.filter(({ file }) => file === `import:${name}`);
      const reason = `no manifest can hold it: ${first?.message}`;
      passedOver.push({ kind: "unwritable", analysis: run.analysis, reason });
    }
    runs = runs.filter((one) => !bad.includes(one));
  }
}

/** With the line by which editors find the schema of this icaform. @param folder where the file will lie */
export function withSchemaLine(text: string, folder: string): string {
  const schema = fileURLToPath(new URL("../schemas/manifest.json", import.meta.url));
  return schemaLine(relative(folder, schema).replaceAll("\\", "/")) + text;
}
