import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");

/** Who may import whom (the house's table): a folder may always import itself. */
const ALLOWED: Record<string, readonly string[]> = {
  core: [],
  manifest: ["core"],
  kinds: ["core"],
  ica: ["core"],
  engine: ["core"],
  render: ["core"],
  cli: ["core", "manifest", "kinds", "ica", "engine", "render"],
  simulator: [],
  build: [],
};

interface Arrow {
  from: string;
  to: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

function arrowsOf(file: string): Arrow[] {
  const text = readFileSync(file, "utf8");
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => ({ from: file, to: resolve(dirname(file), specifier) }));
}

const folderOf = (file: string) => relative(SRC, file).split("/")[0] ?? "";
const arrows = filesBelow(SRC).flatMap(arrowsOf);

describe("the house's structure", () => {
  it("has no folder that the table does not know", () => {
    expect([...new Set(filesBelow(SRC).map(folderOf))].filter((folder) => !(folder in ALLOWED))).toEqual([]);
  });

  it("has no arrow that the table forbids", () => {
    const forbidden = arrows.filter(({ from, to }) => {
      const [source, target] = [folderOf(from), folderOf(to)];
      return source !== target && !ALLOWED[source]?.includes(target);
    });
    expect(forbidden.map(({ from, to }) => `${relative(SRC, from)} → ${relative(SRC, to)}`)).toEqual([]);
  });

  it("has no circles", () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file))
        circles.push([...path.slice(path.indexOf(file)), file].map((one) => relative(SRC, one)).join(" → "));
      if (done.has(file) || path.includes(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of next.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});
