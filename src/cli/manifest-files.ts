import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../core/errors.ts";

export interface ManifestFile {
  /** Within the folder. */
  name: string;
  text: string;
}

/**
 * Writes manifests into a folder, which is made if it is not there. Nothing is ever overwritten: a file that is there
 * already must hold the same text, as after an import that was interrupted.
 *
 * @throws UsageError, before anything is written, for files that hold something else
 */
export async function writeManifests(folder: string, files: readonly ManifestFile[]): Promise<void> {
  const there = await Promise.all(files.map(({ name }) => textOf(join(folder, name))));
  const others = files.filter(({ text }, index) => there[index] !== undefined && there[index] !== text);
  if (others.length > 0)
    throw overwriting(
      folder,
      others.map(({ name }) => name),
    );
  try {
    await mkdir(folder, { recursive: true });
    for (const [index, { name, text }] of files.entries()) {
      if (there[index] === undefined) await writeNew(folder, name, text);
    }
  } catch (cause) {
    throw new UsageError(
      `--out ${folder}: cannot be written (${cause instanceof Error ? cause.message : cause})`,
      undefined,
      {
        cause,
      },
    );
  }
}

/** Whole or not at all: what is killed in between leaves a hidden file, which no command reads. */
async function writeNew(folder: string, name: string, text: string): Promise<void> {
  const part = join(folder, `.${name}.part`);
  await writeFile(part, text);
  const path = join(folder, name);
  try {
    // Other than a rename, a link never takes another file's place; not all file systems have links.
    await link(part, path).catch((error) => (error.code === "EEXIST" ? Promise.reject(error) : rename(part, path)));
  } finally {
    await rm(part, { force: true });
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new UsageError(`${path} cannot be read, and is not overwritten`, undefined, { cause: error });
  }
}

function overwriting(folder: string, names: readonly string[]): UsageError {
  const shown = names.slice(0, 5).join(", ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return new UsageError(
    `--out ${folder}: ${shown}${more} would be overwritten; nothing was written`,
    "give another folder, or move them away",
  );
}
