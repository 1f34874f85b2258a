/** What an import starts from: what is declared, and what the command line says of it. */
import { existsSync } from "node:fs";
import { TreeError, UsageError } from "../core/errors.ts";
import type { Project, Reader } from "../core/ica.ts";
import { STACK_NAME, UUID } from "../core/patterns.ts";
import type { Tree } from "../core/spec.ts";
import { didYouMean } from "../core/suggest.ts";
import { missingProjectHelp, projectsNamed } from "../engine/lookup-projects.ts";
import { type LoadOptions, loadTree } from "../manifest/load.ts";
import { operatorServer } from "./connect.ts";
import type { ImportCommandOptions } from "./import-options.ts";
import { readVariables } from "./variables.ts";

/** @throws UsageError for flags that do not go together */
export function refuseContradictions(options: ImportCommandOptions): void {
  const { as, id, adopt, status, tag, pipeline, since, limit, autoApprove, stack } = options;
  if (stack !== undefined && !STACK_NAME.test(stack))
    throw new UsageError(`--stack ${stack}: is no name of a stack`, "at most 63 of a-z, 0-9 and -");
  if (as !== undefined && (!adopt || id.length !== 1)) throw new UsageError("--as goes with --adopt and one --id");
  if (autoApprove && !adopt) throw new UsageError("--auto-approve goes with --adopt: nothing else asks");
  const filters = [...status, ...tag, ...pipeline].length > 0 || since !== undefined || limit !== undefined;
  if (id.length > 0 && filters) throw new UsageError("--id names what is meant; filters go without it");
}

/** Where what is declared already is looked for: with --stack, which founds one, only in the folder that is written to. */
export async function loadOptions(paths: readonly string[], options: ImportCommandOptions): Promise<LoadOptions> {
  const otherwise = options.stack === undefined ? ["."] : [];
  const out = options.out !== undefined && existsSync(options.out) ? [options.out] : [];
  return {
    paths: [...(paths.length > 0 ? paths : otherwise), ...out],
    variables: await readVariables(options.var, options.varFile),
    operatorHost: operatorServer(options)?.host,
  };
}

/** Undefined where nothing is declared, unless a path was given. */
export async function declaredTree(load: LoadOptions, given: readonly string[]): Promise<Tree | undefined> {
  if (load.paths.length === 0) return undefined;
  const { tree, diagnostics, documents } = await loadTree(load);
  if (tree !== undefined) return tree;
  if (documents === 0 && given.length === 0 && diagnostics.every(({ code }) => code === "no-manifests"))
    return undefined;
  if (given.length > 0) throw new TreeError(diagnostics);
  throw new UsageError(
    "what is declared in this folder has mistakes, so that it is not known which stack to join",
    "icaform validate tells them; or name the folder of one stack, or found a new one with --stack NAME",
  );
}

export async function projectFor(reader: Reader, projectName: string): Promise<Project> {
  const [project, ...more] = await projectsNamed(reader, projectName);
  if (project === undefined) {
    throw new UsageError(`no project ${projectName}`, await missingProjectHelp(reader)(projectName));
  }
  if (more.length > 0) {
    const ids = [project, ...more].map(({ id }) => id).join(", ");
    throw new UsageError(`${more.length + 1} projects are named ${projectName}`, `give an id: ${ids}`);
  }
  return project;
}

export function isOwnProject(tree: Tree, project: Project): boolean {
  return tree.stack.spec.project === project.id || tree.stack.spec.project === project.name;
}

/** A name that is declared, or an id of ICA. */
export function credentialOf(given: string | undefined, tree: Tree | undefined): string | { id: string } | undefined {
  if (given === undefined) return undefined;
  if (UUID.test(given)) return { id: given };
  const declared = (tree?.credentials ?? []).map(({ name }) => name);
  if (declared.includes(given)) return given;
  throw new UsageError(
    `--credential ${given}: is no id, and no StorageCredential of that name is declared`,
    didYouMean(given, declared),
  );
}
