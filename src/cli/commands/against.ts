import { type Comparison, compareTrees } from "../../core/compare.ts";
import { type Diagnostic, hasErrors } from "../../core/diagnostic.ts";
import { TreeError, UsageError } from "../../core/errors.ts";
import type { Tree } from "../../core/spec.ts";
import { KINDS } from "../../kinds/index.ts";
import { loadTree } from "../../manifest/load.ts";
import { againstJson, againstText } from "../../render/against.ts";
import { againstMarkdown } from "../../render/against-markdown.ts";
import { operatorServer } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { PlanFormat } from "../formats.ts";
import { type CommitFiles, withFilesAt } from "../git-tree.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import type { GlobalOptions } from "../options.ts";
import { readVariables, type VariableFile } from "../variables.ts";

/** Those of `plan`. */
interface AgainstOptions extends GlobalOptions {
  format: PlanFormat;
  verbose: boolean;
  detailedExitcode: boolean;
  out?: string;
  explain?: string;
  prune: boolean;
  estimate: boolean;
  target: readonly string[];
  rerun: readonly string[];
  reason?: string;
}

/**
 * `plan --against REF`: what the work tree declares differently from a commit. No key, no call, no secret.
 *
 * @throws TreeError with the mistakes of either tree; those of the commit are named `REF:file`
 */
export async function against(paths: readonly string[], ref: string, options: AgainstOptions, io: Io): Promise<number> {
  if (
    options.out !== undefined ||
    options.explain !== undefined ||
    options.prune ||
    options.estimate ||
    options.reason !== undefined ||
    options.target.length + options.rerun.length > 0
  ) {
    throw new UsageError(
      "--against compares manifests alone: --out, --explain, --prune, --estimate, --target, --rerun and --reason mean nothing to it",
    );
  }
  if (ref.trim() === "") throw new UsageError("--against is empty", "name a branch, a tag or a commit");
  if (options.format === "html") throw new UsageError("--against prints text, json or markdown, no html");
  const { tree, warnings } = await loadForCommand(paths, options, io);
  const given = { paths: paths.length > 0 ? paths : ["."], variableFiles: options.varFile, cwd: process.cwd() };
  const { commit, before, missing } = await withFilesAt(ref, given, async (files) => {
    const { tree, warnings } = await treeAt(files, ref, options);
    return { commit: files.commit, before: tree, missing: warnings };
  });
  const comparison = await compareTrees(before, tree, KINDS, { ref, commit });
  comparison.diagnostics.unshift(...missing);
  comparison.diagnostics.push(...warnings);
  io.out(shown(comparison, options, io));
  return options.detailedExitcode && comparison.changes.length > 0 ? EXIT.pending : EXIT.done;
}

/** What the commit declares, and what it has not; no tree when it declares nothing there. */
async function treeAt(
  { paths, variableFiles, top }: CommitFiles,
  ref: string,
  options: AgainstOptions,
): Promise<{ tree: Tree | undefined; warnings: Diagnostic[] }> {
  const there = paths.flatMap(({ path }) => path ?? []);
  const warnings = paths
    .filter(({ path }) => path === undefined)
    .map(({ name }) => notInCommit(ref, `has no \`${name}\``));
  if (there.length === 0) return { tree: undefined, warnings };
  const variables = await readVariables(
    options.var,
    variableFiles.flatMap((file) => fileOf(file, ref)),
  );
  const operatorHost = operatorServer(options)?.host;
  const { tree, diagnostics } = await loadTree({ paths: there, cwd: top, variables, operatorHost });
  if (tree !== undefined && !hasErrors(diagnostics)) return { tree, warnings };
  if (diagnostics.every(({ severity, code }) => severity === "warning" || code === "no-manifests")) {
    const names = paths.filter(({ path }) => path !== undefined).map(({ name }) => `\`${name}\``);
    return { tree: undefined, warnings: [...warnings, notInCommit(ref, `declares nothing in ${names.join(", ")}`)] };
  }
  const lacking = variableFiles.filter(({ path }) => path === undefined).map(({ name }) => `\`${name}\``);
  // What a path that is not there declared may be what the others lack.
  throw new TreeError([...warnings, ...diagnostics.map((one) => ofCommit(one, ref, lacking))]);
}

/** A file of variables as the commit has it: where it has not, as if it were not given. */
function fileOf({ name, path, isOutside }: CommitFiles["variableFiles"][number], ref: string): VariableFile[] {
  if (path === undefined) return [];
  return [{ name: isOutside ? name : `${ref}:${name}`, path }];
}

/** A mistake of the commit's, by the commit's name. What is wrong there cannot be mended, but a variable can be given. */
function ofCommit(one: Diagnostic, ref: string, lacking: readonly string[]): Diagnostic {
  const placed = one.file === undefined ? one : { ...one, file: `${ref}:${one.file}` };
  if (one.code !== "variable-missing") return placed;
  const why = lacking.length === 0 ? "" : ` (${ref} has no ${lacking.join(", ")})`;
  const help = `${ref} needs it, even if the work tree no longer does: give it by --var name=value${why}`;
  return { ...placed, help };
}

function notInCommit(ref: string, what: string): Diagnostic {
  const message = `${ref} ${what}: all of it counts as added`;
  const help = "name a folder that holds both what was and what is there";
  return { severity: "warning", code: "not-in-commit", message, help };
}

function shown(comparison: Comparison, options: AgainstOptions, io: Io): string {
  if (options.format === "json") return againstJson(comparison);
  if (options.format === "markdown") return againstMarkdown(comparison);
  return againstText(comparison, io.outStyle, { verbose: options.verbose, columns: process.stdout.columns });
}
