import { type Diagnostic, hasErrors } from "../core/diagnostic.ts";
import { TreeError } from "../core/errors.ts";
import type { Tree } from "../core/spec.ts";
import { loadTree } from "../manifest/load.ts";
import { reportPassedOver } from "./commands/validate.ts";
import { operatorServer } from "./connect.ts";
import type { Io } from "./io.ts";
import type { GlobalOptions } from "./options.ts";
import { readVariables } from "./variables.ts";

/**
 * The tree that a command works on, with the warnings of its offline checks.
 *
 * @throws TreeError with all its mistakes
 */
export async function loadForCommand(
  paths: readonly string[],
  options: GlobalOptions,
  io: Io,
): Promise<{ tree: Tree; warnings: Diagnostic[] }> {
  const variables = await readVariables(options.var, options.varFile);
  const { tree, diagnostics, passedOver } = await loadTree({
    paths: paths.length > 0 ? [...paths] : ["."],
    variables,
    operatorHost: operatorServer(options)?.host,
  });
  reportPassedOver(passedOver, io);
  if (tree === undefined || hasErrors(diagnostics)) throw new TreeError(diagnostics);
  return { tree, warnings: diagnostics };
}
