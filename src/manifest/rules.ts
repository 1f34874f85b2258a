import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { PolicyRule } from "../core/rule.ts";
import type { Declared, StackSpec } from "../core/spec.ts";
import { decode } from "./decode.ts";
import { reasonOf } from "./discover.ts";
import { readDocuments } from "./documents.ts";
import { type Finding, firstOf, placed, tell, type ValueMistake } from "./finding.ts";
import { resolveInside } from "./inside.ts";
import { locatorOf } from "./locate.ts";
import { show } from "./show.ts";
import { Source } from "./source.ts";
import { plainValue } from "./value.ts";

export interface LoadedRules {
  rules: PolicyRule[];
  diagnostics: Diagnostic[];
}

/** Far beyond any rule that a person wrote. */
const LARGEST_RULE = 1024 * 1024;

/**
 * Reads and compiles the stack's rules (`policy.rules`). Their files lie inside the tree, links resolved (contract,
 * "Trust"); what is wrong with one is told at its own line.
 *
 * @param source the file that declares the Stack: paths are relative to it
 */
export async function loadRules(
  stack: Declared<StackSpec>,
  source: Source,
  roots: readonly string[],
): Promise<LoadedRules> {
  const loaded: LoadedRules = { rules: [], diagnostics: [] };
  const declared = stack.spec.policy?.rules ?? [];
  if (declared.length === 0) return loaded;
  const { compileRule } = await import("./rule-schema.ts");
  for (const [index, { schema, message }] of declared.entries()) {
    const path = ["spec", "policy", "rules", index, "schema"];
    const read = readRule(schema, path, stack, source, roots);
    if (Array.isArray(read)) {
      loaded.diagnostics.push(...read);
      continue;
    }
    const compiled = compileRule(read.value);
    if ("mistakes" in compiled) loaded.diagnostics.push(...told(compiled.mistakes, read.locate));
    else loaded.rules.push({ file: schema, message, schema: read.value, breaches: compiled.breaches });
  }
  return loaded;
}

type Located = { value: unknown; locate: ReturnType<typeof locatorOf> };

function readRule(
  file: string,
  path: Finding["path"],
  stack: Declared<StackSpec>,
  source: Source,
  roots: readonly string[],
): Located | Diagnostic[] {
  const failed = (code: string, message: string, help?: string) =>
    tell([{ on: stack, path, code, message, ...(help === undefined ? {} : { help }) }]);
  const real = resolveInside(roots, source.path, file, stack.locate(path));
  if (typeof real !== "string") return failed(real.code, real.message, real.help);
  try {
    const { size } = statSync(real);
    if (size > LARGEST_RULE) return failed("file-too-large", `${show(file)} has ${size} bytes: too many for a rule`);
    const decoded = decode(readFileSync(real));
    if ("mistake" in decoded) return failed(decoded.mistake.code, `${show(file)}: ${decoded.mistake.message}`);
    return parsed(new Source(join(dirname(source.name), file), real, decoded.text));
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return failed("path-unreadable", `${show(file)} cannot be read: ${reasonOf(error)}`);
  }
}

/** JSON is YAML, and read as such it has positions. */
function parsed(source: Source): Located | Diagnostic[] {
  const [document, second] = [...readDocuments(source.text)];
  const locate = locatorOf(source, document?.start ?? 0, document?.end ?? source.text.length);
  if (document === undefined || second !== undefined) {
    return told([{ path: [], code: "rule-schema", message: "a rule is one JSON document" }], locate);
  }
  const { value, mistakes } = plainValue(source, document.contents);
  const all = [...document.mistakes, ...mistakes];
  if (all.length === 0) return { value, locate };
  const language = source.name.endsWith(".json") ? "JSON" : "YAML";
  return all.map((one) => source.error({ ...one, message: one.message.replace("not YAML:", `not ${language}:`) }));
}

function told(mistakes: ValueMistake[], locate: Located["locate"]): Diagnostic[] {
  return tell([...placed(firstOf(mistakes), { locate })]);
}
