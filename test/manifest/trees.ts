import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { type Loaded, loadTree } from "../../src/manifest/load.ts";

export type Files = Record<string, string | Uint8Array>;

/** A Stack with a project, on lines 1 to 4. */
export const STACK = `apiVersion: icaform/v1
kind: Stack
metadata: { name: cohort }
spec: { project: prod }
`;

/** A folder of its own with the given files, gone after the test. */
export function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), "icaform-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function loadFiles(files: Files, variables: Record<string, string> = {}, paths = ["."]): Promise<Loaded> {
  return loadTree({ paths, cwd: folderOf(files), variables });
}

/** Loads a tree that has a Stack in `stack.yaml` beside the given text in `tree.yaml`. */
export function loadText(text: string, variables: Record<string, string> = {}): Promise<Loaded> {
  return loadFiles({ "stack.yaml": STACK, "tree.yaml": text }, variables);
}

/** A run with one line for each further key of its spec, from line 5 on. */
export function run(name: string, ...spec: string[]): string {
  const lines = spec.some((line) => line.startsWith("input:")) ? spec : ['input: { custom: { text: "x" } }', ...spec];
  const body = ["pipeline: align", ...lines].map((line) => `  ${line}`).join("\n");
  return `apiVersion: icaform/v1\nkind: PipelineRun\nmetadata: { name: ${name} }\nspec:\n${body}\n`;
}

/** `tree.yaml:3:5 error unknown-key`, for each diagnostic. */
export function brief({ diagnostics }: Pick<Loaded, "diagnostics">): string[] {
  return diagnostics.map(({ file, line, column, severity, code }) => `${file}:${line}:${column} ${severity} ${code}`);
}

/** As the command line would print it, for golden files. */
export function printed(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ file, line, column, severity, code, message, help, frame }) =>
      [
        `${file}:${line}:${column}: ${severity}: ${message} [${code}]`,
        ...(help === undefined ? [] : [`  ${help}`]),
        ...(frame === undefined ? [] : [frame]),
      ].join("\n"),
    )
    .join("\n\n");
}
