import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

const FOLDER = join(import.meta.dirname, "golden");

/** Compares with `golden/<name>`; `UPDATE_GOLDEN=1` writes it instead, for a person to read in the diff. */
export function expectGolden(name: string, text: string): void {
  const file = join(FOLDER, name);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}

/**
 * The same of a page, without the style and script that all pages share and the hashes of both: one page's golden file
 * is whole, and holds those for all.
 */
export function expectGoldenPage(name: string, page: string): void {
  const own = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1>…</$1>").replace(/'sha256-[^']+'/g, "'sha256-…'");
  expectGolden(name, own);
}

/** The golden files of one format, by name. */
export function goldenFiles(extension: string): { name: string; text: string }[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(`.${extension}`));
  return names.map((name) => ({ name, text: readFileSync(join(FOLDER, name), "utf8") }));
}
