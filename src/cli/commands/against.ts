import { type Comparison, compareTrees } from "../../core/compare.ts";
import { hasErrors } from "../../core/diagnostic.ts";
import { TreeError, UsageError } from "../../core/errors.ts";
import type { Tree } from "../../core/spec.ts";
import { KINDS } from "../../kinds/index.ts";
import { loadTree } from "../../manifest/load.ts";
import { againstJson, againstMarkdown, againstText } from "../../render/against.ts";
import { operatorServer } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { PlanFormat } from "../formats.ts";
import { type CommitFiles, filesAt } from "../git-tree.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import type { GlobalOptions } from "../options.ts";
import { readVariables } from "../variables.ts";

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
  const files = await filesAt(ref, paths.length > 0 ? paths : ["."], process.cwd());
  try {
    const before = await treeAt(files, ref, options);
    const comparison = await compareTrees(before, tree, KINDS, { ref, commit: files.commit });
    comparison.diagnostics.push(...warnings);
    io.out(shown(comparison, options, io));
    return options.detailedExitcode && comparison.changes.length > 0 ? EXIT.pending : EXIT.done;
  } finally {
    files.remove();
  }
}

/** Undefined when the commit declares nothing there. */
async function treeAt({ paths, cwd }: CommitFiles, ref: string, options: AgainstOptions): Promise<Tree | undefined> {
  if (paths.length === 0) return undefined;
  const variables = await readVariables(options.var, options.varFile);
  const { tree, diagnostics, documents } = await loadTree({
    paths,
    cwd,
    variables,
    operatorHost: operatorServer(options)?.host,
  });
  if (documents === 0) return undefined;
  if (tree !== undefined && !hasErrors(diagnostics)) return tree;
  throw new TreeError(
    diagnostics.map((one) => (one.file === undefined ? one : { ...one, file: `${ref}:${one.file}` })),
  );
}

function shown(comparison: Comparison, options: AgainstOptions, io: Io): string {
  if (options.format === "json") return againstJson(comparison);
  if (options.format === "markdown") return againstMarkdown(comparison);
  return againstText(comparison, io.outStyle, { verbose: options.verbose, columns: process.stdout.columns });
}
