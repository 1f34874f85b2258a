import type { Problem, Validate } from "icaform:validators";
import type {
  Declared,
  OutputMappingSpec,
  PipelineRunSpec,
  SampleBatchSpec,
  StackSpec,
  StorageCredentialSpec,
} from "../core/spec.ts";
import { explain } from "./explain.ts";
import type { Place, ValueMistake } from "./finding.ts";
import type { ManifestKind } from "./kinds.ts";
import { isTextForScalar, problemsOf, withoutQuoteHelp } from "./placeholder-types.ts";
import { ALONE, type Template } from "./template.ts";

/** A run of this tree; `row` when a set made it. */
export type DeclaredRun = Declared<PipelineRunSpec> & Place;

/** How many rows of its sheet a set's `where` has chosen. */
export interface Choice {
  set: string;
  sheet: string;
  rows: number;
  of: number;
}

/** Everything that the documents read so far declare. */
export interface Declarations {
  stacks: Declared<StackSpec>[];
  credentials: Declared<StorageCredentialSpec>[];
  mappings: Declared<OutputMappingSpec>[];
  runs: DeclaredRun[];
  sets: Declared<unknown>[];
  choices: Choice[];
  sampleBatches: Declared<SampleBatchSpec>[];
  /** `kind/name` of documents that are there but too wrong to be looked at further: they are not "missing". */
  unusable: Set<string>;
  /** Some documents could not be made out at all, so nobody knows what else is declared. */
  isIncomplete: boolean;
}

export function noDeclarations(): Declarations {
  return {
    stacks: [],
    credentials: [],
    mappings: [],
    runs: [],
    sets: [],
    choices: [],
    sampleBatches: [],
    unusable: new Set(),
    isIncomplete: false,
  };
}

/**
 * Validates a document's value against the schema of its kind and adds it to the declarations, unless its shape is so
 * wrong that checks of its contents would stumble over it.
 *
 * @param validate the kind's own
 * @param alone paths of text that stands for a placeholder: see problemsOf
 */
export function declare(
  declarations: Declarations,
  kind: ManifestKind,
  value: unknown,
  place: Place,
  validate: Validate,
  alone: Template["alone"] = [],
): { mistakes: ValueMistake[]; isUsable: boolean } {
  const problems = problemsOf(validate, value, alone).filter((problem) => !isLeftOpen(kind, problem));
  const isUsable = !problems.some(({ keyword }) => shapeKeywords.has(keyword));
  if (isUsable && isDocument(value)) add(declarations, kind, declaredFrom(kind, value, place));
  else declareUnusable(declarations, kind, value);
  return { mistakes: explain(problems, value).map((mistake) => withoutQuoteHelp(mistake, alone)), isUsable };
}

/** What a row will fill in in a template; patterns are relaxed in the schema itself, lists of words and types cannot be. */
function isLeftOpen(kind: ManifestKind, problem: Problem): boolean {
  const { keyword, data } = problem;
  if (kind !== "PipelineRunSet" || typeof data !== "string") return false;
  return keyword === "enum" ? data.includes("${") : isTextForScalar(problem) && ALONE.test(data);
}

/** Remembers that a document is there, although nothing can be done with it. */
export function declareUnusable(declarations: Declarations, kind: ManifestKind, value: unknown): void {
  const name = nameOf(value);
  if (name === undefined) declarations.isIncomplete = true;
  else declarations.unusable.add(`${kind}/${name}`);
}

/** After one of these, a value need not have the shape that its type promises. */
const shapeKeywords = new Set(["type", "required", "oneOf", "anyOf", "minProperties", "maxProperties"]);

interface DocumentValue {
  metadata: { name: string; formerNames?: string[] };
  spec: object;
}

/** The schema has been asked already; this is for the compiler. */
function isDocument(value: unknown): value is DocumentValue {
  return typeof value === "object" && value !== null && "metadata" in value && "spec" in value;
}

function declaredFrom(kind: ManifestKind, { metadata, spec }: DocumentValue, place: Place): DeclaredRun {
  upperCaseActions(spec);
  const { name, formerNames = [] } = metadata;
  // The one place where what the schemas guarantee becomes a type.
  return { kind, name, formerNames, spec: spec as PipelineRunSpec, ...place };
}

function add(declarations: Declarations, kind: ManifestKind, declared: Declared<unknown>): void {
  switch (kind) {
    case "Stack":
      declarations.stacks.push(declared as Declared<StackSpec>);
      return;
    case "StorageCredential":
      declarations.credentials.push(declared as Declared<StorageCredentialSpec>);
      return;
    case "OutputMapping":
      declarations.mappings.push(declared as Declared<OutputMappingSpec>);
      return;
    case "PipelineRun":
      declarations.runs.push(declared as DeclaredRun);
      return;
    case "SampleBatch":
      declarations.sampleBatches.push(declared as Declared<SampleBatchSpec>);
      return;
    case "PipelineRunSet":
      declarations.sets.push(declared);
  }
}

/** `Rename` and `rename` are ICA's `RENAME`. */
function upperCaseActions(spec: object): void {
  for (const holder of actionHolders(spec)) {
    const action: unknown = Reflect.get(holder, "actionOnExist");
    if (typeof action === "string") Reflect.set(holder, "actionOnExist", action.toUpperCase());
  }
}

function* actionHolders(spec: object): Generator<object> {
  yield spec;
  for (const key of ["defaults", "mappings", "outputs"]) {
    const value: unknown = Reflect.get(spec, key);
    for (const holder of Array.isArray(value) ? value : [value]) {
      if (typeof holder === "object" && holder !== null) yield holder;
    }
  }
}

function nameOf(value: unknown): string | undefined {
  const metadata: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "metadata") : undefined;
  const name: unknown = typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "name") : undefined;
  return typeof name === "string" ? name : undefined;
}
