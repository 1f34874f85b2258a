/** What a command loads before it needs it is time that everybody waits: read from the bundle's own graph. */
import { beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../src/build/bundle.ts";

type Outputs = NonNullable<Awaited<ReturnType<typeof bundle>>>["outputs"];

let outputs: Outputs = {};

beforeAll(async () => {
  outputs = (await bundle())?.outputs ?? {};
});

/** A chunk with all that it imports statically, however deep. */
function loadedWith(file: string): string[] {
  const loaded = new Set<string>();
  const visit = (name: string) => {
    const output = outputs[name];
    if (output === undefined || loaded.has(name)) return;
    loaded.add(name);
    for (const { path, kind } of output.imports) if (kind === "import-statement") visit(path);
  };
  visit(file);
  return [...loaded];
}

function sourcesOf(files: readonly string[]): string[] {
  return files.flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}

function chunkOf(source: string): string {
  const found = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === source);
  if (found === undefined) throw new Error(`no chunk of its own: ${source}`);
  return found;
}

const HEAVY = /node_modules\/undici\/|^src\/simulator\/|^src\/render\/html/;
/** What only some trees need, or only a saved plan. */
const SELDOM = /node_modules\/csv-parse\/|plan-validator|set-validator|^src\/manifest\/expand/;

describe("the bundle", () => {
  it("loads neither undici nor the simulator nor the HTML renderer for validate", () => {
    const sources = sourcesOf([
      ...loadedWith(chunkOf("src/cli/main.ts")),
      ...loadedWith(chunkOf("src/cli/run.ts")),
      ...loadedWith(chunkOf("src/cli/commands/validate.ts")),
    ]);
    expect(sources).toContain("src/cli/commands/validate.ts");
    expect(sources.filter((source) => HEAVY.test(source) || SELDOM.test(source))).toEqual([]);
  });

  it("would notice: plan's client and the simulator are in it", () => {
    const sources = sourcesOf(Object.keys(outputs));
    expect(sources.filter((source) => HEAVY.test(source)).length).toBeGreaterThan(20);
    expect(sources.filter((source) => SELDOM.test(source)).length).toBeGreaterThan(2);
  });

  it("loads only the entry for --version", () => {
    const entry = chunkOf("src/cli/main.ts");
    expect(sourcesOf(loadedWith(entry))).toEqual(["src/cli/main.ts"]);
  });
});
