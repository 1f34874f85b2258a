import { readFile } from "node:fs/promises";
import { UsageError } from "../core/errors.ts";

/** A file of variables, by what people call it where that is not its path. */
export type VariableFile = string | { name: string; path: string };

/**
 * Values for `${var.name}`: files first, in their order, then `--var`, so that the command line wins.
 *
 * @throws UsageError for anything that is not a flat map of names to scalars
 */
export async function readVariables(
  pairs: readonly string[],
  files: readonly VariableFile[],
): Promise<Record<string, string>> {
  const variables: Record<string, string> = Object.create(null);
  for (const file of files) Object.assign(variables, await readVariableFile(file));
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals <= 0) throw new UsageError(`--var ${pair}: must be name=value`);
    variables[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return variables;
}

async function readVariableFile(given: VariableFile): Promise<Record<string, string>> {
  const { name: file, path } = typeof given === "string" ? { name: given, path: given } : given;
  const { isMap, isScalar, parseDocument } = await import("yaml");
  const text = await textOf(path).catch((cause: unknown) => {
    throw new UsageError(`--var-file ${file}: cannot be read`, undefined, { cause });
  });
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new UsageError(`--var-file ${file}: ${mistake.message.split("\n")[0]}`);
  if (!isMap(document.contents)) throw new UsageError(`--var-file ${file}: must be a map of names to values`);
  const variables: Record<string, string> = Object.create(null);
  for (const { key, value } of document.contents.items) {
    if (!isScalar(key) || !isScalar(value) || value.value === null) {
      throw new UsageError(`--var-file ${file}: ${String(key)} must have one plain value`);
    }
    // As written: 007 stays 007.
    variables[String(key.value)] =
      typeof value.value === "string" ? value.value : (value.source ?? String(value.value));
  }
  return variables;
}

/** A pipe gives its content once, and `plan --against` asks for both sides. */
const texts = new Map<string, Promise<string>>();

function textOf(path: string): Promise<string> {
  const known = texts.get(path) ?? readFile(path, "utf8");
  texts.set(path, known);
  return known;
}
