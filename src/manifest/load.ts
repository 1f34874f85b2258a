import { OutputMapping, PipelineRun, SampleBatch, Stack, StorageCredential, type Validate } from "icaform:validators";
import { readFileSync, statSync } from "node:fs";
import { type Diagnostic, hasErrors, sortDiagnostics } from "../core/diagnostic.ts";
import type { Declared, PipelineRunSpec, Tree } from "../core/spec.ts";
import { check } from "./checks/index.ts";
import {
  type Choice,
  type Declarations,
  type DeclaredRun,
  declare,
  declareUnusable,
  noDeclarations,
} from "./declare.ts";
import { decode, LARGEST_FILE, mentionsIcaform } from "./decode.ts";
import { type Discovered, discover, type Found, reasonOf } from "./discover.ts";
import { type Finding, placed, tell } from "./finding.ts";
import { type Manifest, manifestsOf } from "./manifests.ts";
import type { LoadedRules } from "./rules.ts";
import { Source } from "./source.ts";
import { compileTemplate, noTemplate } from "./template.ts";
import { keyMistakes, locatorOfFilled } from "./template-keys.ts";

/** The set's own is loaded with what expands it. */
const VALIDATORS = { Stack, StorageCredential, OutputMapping, PipelineRun, SampleBatch };

export interface LoadOptions {
  /** Files and folders, as given on the command line. */
  paths: readonly string[];
  /** What `${var.name}` stands for. */
  variables?: Readonly<Record<string, string>>;
  /** Manifests that are in no file yet, by the name that messages give them. */
  texts?: readonly { name: string; text: string }[];
  /** Where relative paths start and what file names in messages are relative to; default: the process' folder. */
  cwd?: string;
  /** The host that the operator named as ICA's: the Stack may name it too. */
  operatorHost?: string | undefined;
  /** Called once, when the files turn out to be many or long. */
  onLarge?: () => void;
}

/** Characters; about 500 runs. Less is read before a compiler has made the reader faster. */
const LARGE = 64 * 1024;

export interface Loaded {
  /** Undefined when there are errors. Everything in it is sorted by name: the order of documents means nothing. */
  tree: Tree | undefined;
  /** All mistakes of the tree, sorted by place. */
  diagnostics: Diagnostic[];
  /** How many files hold icaform documents, and how many documents there are. */
  files: number;
  documents: number;
  /** Files without any icaform document. */
  passedOver: string[];
  /** Of each set with a `where`. */
  choices: Choice[];
}

/** Reads, validates and checks all manifests below the given paths; offline, and without throwing at what is in them. */
export async function loadTree(options: LoadOptions): Promise<Loaded> {
  const cwd = options.cwd ?? process.cwd();
  const found = discover(options.paths, cwd);
  const load: Load = {
    found,
    variables: options.variables ?? {},
    declarations: noDeclarations(),
    diagnostics: [...found.diagnostics],
    findings: [],
    files: 0,
    documents: 0,
    passedOver: [],
    characters: 0,
    onLarge: options.onLarge,
  };
  for (const file of found.files) await loadFile(load, file);
  for (const { name, text } of options.texts ?? []) await loadSource(load, new Source(name, name, text), true);
  const rules = await rulesOf(load);
  const { declarations, files, documents, passedOver } = load;
  declarations.isIncomplete ||= found.diagnostics.length > 0;
  if (documents === 0 && !hasErrors(load.diagnostics)) load.diagnostics.push(noManifests(options.paths, passedOver));
  const checked = documents === 0 ? [] : check(declarations, options.operatorHost);
  const diagnostics = sortDiagnostics([
    ...load.diagnostics,
    ...rules.diagnostics,
    ...tell([...load.findings, ...checked]),
  ]);
  const tree = hasErrors(diagnostics) ? undefined : treeOf(declarations, rules.rules);
  return { tree, diagnostics, files, documents, passedOver, choices: declarations.choices };
}

interface Load {
  found: Discovered;
  variables: Readonly<Record<string, string>>;
  declarations: Declarations;
  diagnostics: Diagnostic[];
  findings: Finding[];
  files: number;
  documents: number;
  passedOver: string[];
  characters: number;
  onLarge: (() => void) | undefined;
  /** The file of the first Stack. */
  stackSource?: Source;
}

async function loadFile(load: Load, file: Found): Promise<void> {
  const source = readSource(load, file);
  if (source !== undefined) await loadSource(load, source, file.isExplicit);
}

async function loadSource(load: Load, source: Source, isExplicit: boolean): Promise<void> {
  load.characters += source.text.length;
  if (load.characters > LARGE) {
    load.onLarge?.();
    load.onLarge = undefined;
  }
  const { manifests, diagnostics, isForeign, isIncomplete } = manifestsOf(source, isExplicit);
  append(load.diagnostics, diagnostics);
  load.declarations.isIncomplete ||= isIncomplete;
  if (isForeign) load.passedOver.push(source.name);
  else load.files++;
  load.documents += manifests.length;
  for (const manifest of manifests) {
    const { kind } = manifest;
    if (kind === "PipelineRunSet") await loadSet(load, manifest);
    else loadManifest(load, manifest, VALIDATORS[kind]);
  }
}

/** The file's text; undefined when it has none, which is told unless the file is nobody's. */
function readSource(load: Load, file: Found): Source | undefined {
  const fail = (code: string, message: string, help?: string): undefined => {
    const at = { severity: "error", code, message, file: file.name, line: 1, column: 1 } as const;
    load.diagnostics.push(help === undefined ? at : { ...at, help });
    // Nobody knows what else would have been declared in it.
    load.declarations.isIncomplete = true;
  };
  try {
    const { size } = statSync(file.path);
    if (size > LARGEST_FILE) return fail("file-too-large", `this file has ${size} bytes: too many for a manifest`);
    const bytes = readFileSync(file.path);
    const decoded = decode(bytes);
    if ("text" in decoded) return new Source(file.name, file.path, decoded.text);
    const { code, message, help } = decoded.mistake;
    if (file.isExplicit || mentionsIcaform(bytes)) return fail(code, message, help);
    load.passedOver.push(file.name);
    return undefined;
  } catch (error) {
    return fail("path-unreadable", `this file cannot be read: ${reasonOf(error)}`);
  }
}

function loadManifest(load: Load, manifest: Manifest, validate: Validate): void {
  if (manifest.isBroken) declareUnusable(load.declarations, manifest.kind, manifest.value);
  else append(load.findings, declareManifest(load, manifest, validate));
  if (manifest.kind === "Stack") load.stackSource ??= manifest.source;
}

/** Most trees have no set, and need neither its schema nor a reader of sheets. */
async function loadSet({ declarations, findings, variables, found }: Load, manifest: Manifest): Promise<void> {
  if (manifest.isBroken) declareUnusable(declarations, manifest.kind, manifest.value);
  else {
    const { expandSet } = await import("./expand.ts");
    append(findings, expandSet(declarations, manifest, { variables, roots: found.roots }));
  }
}

/** The Stack's rules, when it could be read and has some. */
async function rulesOf({ declarations, stackSource, found }: Load): Promise<LoadedRules> {
  const [stack] = declarations.stacks;
  if (stackSource === undefined || stack?.spec.policy?.rules === undefined) return { rules: [], diagnostics: [] };
  const { loadRules } = await import("./rules.ts");
  return loadRules(stack, stackSource, found.roots);
}

function* declareManifest(
  { declarations, variables }: Load,
  manifest: Manifest,
  validate: Validate,
): Generator<Finding> {
  const { kind, value } = manifest;
  const template = manifest.hasPlaceholders ? compileTemplate(value, { variables }) : noTemplate(value);
  // Where a placeholder cannot be filled, keys would look alike for no reason.
  const unfilled = template.mistakes.length > 0 ? template.mistakes : [...keyMistakes(template, [])];
  yield* placed(unfilled, manifest);
  // With holes where the placeholders were, the rest would be complained about for no reason.
  if (unfilled.length > 0) {
    declareUnusable(declarations, kind, value);
    return;
  }
  const on = { locate: locatorOfFilled(template, [], manifest.locate) };
  yield* placed(declare(declarations, kind, template.render([]), on, validate, template.alone).mistakes, on);
}

/** `push(...items)` would pass each item as an argument, and 100,000 of them exhaust the stack. */
function append<Item>(items: Item[], more: Iterable<Item>): void {
  for (const item of more) items.push(item);
}

function noManifests(paths: readonly string[], passedOver: readonly string[]): Diagnostic {
  const read =
    passedOver.length === 0 ? "no *.yaml or *.yml file" : `no icaform document in ${passedOver.length} file(s)`;
  return {
    severity: "error",
    code: "no-manifests",
    message: `there is ${read} in ${paths.join(", ")}`,
    help: "start with the example in the README: one Stack and one PipelineRun, with apiVersion: icaform/v1",
    file: paths[0] ?? ".",
    line: 1,
    column: 1,
  };
}

function treeOf(
  { stacks, credentials, mappings, sampleBatches, runs }: Declarations,
  rules: Tree["rules"],
): Tree | undefined {
  const [stack] = stacks;
  if (stack === undefined) return undefined;
  return {
    stack,
    rules,
    credentials: sorted(credentials),
    mappings: sorted(mappings),
    sampleBatches: sorted(sampleBatches),
    runs: sorted(runs).map(withoutRow),
  };
}

/** Of how a run came about only its set is of interest to others than the checks. */
function withoutRow({ row, ...run }: DeclaredRun): Declared<PipelineRunSpec> {
  return row === undefined ? run : { ...run, set: row.set.name };
}

function sorted<Item extends Declared<unknown>>(items: readonly Item[]): Item[] {
  return [...items].sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}
