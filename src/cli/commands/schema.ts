import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/errors.ts";
import { didYouMean } from "../../core/suggest.ts";
import { bundleSchema, type Schema } from "../../manifest/bundle-schema.ts";
import { manifestKinds } from "../../manifest/kinds.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";

const SCHEMAS = fileURLToPath(new URL("../schemas/", import.meta.url));

/** The documents that `--format json` prints. */
const DOCUMENTS = ["Plan", "Explain", "Against", "Apply", "Status"];

/** What `schema` takes: all kinds of manifests, and the documents that commands print. */
export function schemaNames(): string[] {
  return [...Object.keys(manifestKinds), ...DOCUMENTS];
}

/** Prints the JSON Schema of a kind, or of any manifest; it needs no file beside it. */
export async function schema(kind: string | undefined, io: Io): Promise<number> {
  io.out(`${JSON.stringify(await schemaFor(kind), undefined, 2)}\n`);
  return EXIT.done;
}

/** @throws UsageError for a kind that there is not */
export async function schemaFor(kind: string | undefined): Promise<Schema> {
  return bundleSchema(fileOf(kind), await schemaFiles());
}

function fileOf(kind: string | undefined): string {
  if (kind === undefined) return "manifest.json";
  const names = schemaNames();
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, "");
  const name = names.find((known) => plain(known) === plain(kind));
  if (name === undefined) {
    throw new UsageError(`there is no kind ${kind}`, didYouMean(kind, names) ?? `one of ${names.join(", ")}`);
  }
  return `${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.json`;
}

async function schemaFiles(): Promise<Map<string, Schema>> {
  const names = (await readdir(SCHEMAS)).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(`${SCHEMAS}${name}`, "utf8")));
  return new Map(names.map((name, index) => [name, JSON.parse(texts[index] ?? "") as Schema]));
}
