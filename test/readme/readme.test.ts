import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { treeOf } from "../support/beside.ts";
import { icaform, ROOT } from "../support/cli.ts";
import { entriesOf, withEntries } from "./page.ts";
import { openSession, type Session } from "./session.ts";
import { play, rewritten, settled } from "./transcripts.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const README = read("README.md");
const PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** The line that starts the embedded ICA: of the README, and for each page with transcripts anew. */
const SIMULATE = /^npx icaform simulate .*$/m.exec(README)?.[0] ?? "";

let session: Session | undefined;
afterEach(async () => {
  await session?.close();
  session = undefined;
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const needsCurl = hasCurl ? "" : " (skipped: curl is not installed)";

describe("what is shown was run", () => {
  // `UPDATE_GOLDEN=1` writes what is printed now into the pages, for a person to read in the diff.
  it.skipIf(!hasCurl).each(PAGES.filter((file) => entriesOf(read(file)).length > 0))(`%s${needsCurl}`, async (file) => {
    session = await openSession(SIMULATE);
    if (process.env.UPDATE_GOLDEN === "1") return writeFileSync(join(ROOT, file), await rewritten(read(file), session));
    for (const { command, output, seen } of await play(read(file), session))
      expect(settled(seen), command).toBe(settled(output));
  });

  it.each(PAGES)("%s is left as it is where nothing has changed", (file) => {
    expect(withEntries(read(file), entriesOf(read(file)))).toBe(read(file));
  });

  it("the README tells the simulator's address and key", async () => {
    session = await openSession(SIMULATE);
    if (session.isAsWritten) expect(README).toContain(`export ICA_SERVER=${session.ica.url}\n`);
    expect(README).toContain(`export ICA_API_KEY=${session.ica.apiKey}\n`);
  });

  it("the README shows the quickstart's own manifest", () => {
    const [yaml = ""] = yamlBlocks(README);
    const values = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as unknown);
    expect(values(yaml)).toEqual(values(read("examples/quickstart/icaform.yaml")));
  });
});

describe("what is said agrees with what is there", () => {
  it("the README lists every command", async () => {
    const { stdout } = await icaform(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name).filter((name) => name !== "help");
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) expect(README).toContain(`icaform ${command}`);
  });

  it.each(PAGES)("%s links to what is there, and comes along in the package", (file) => {
    const { files } = JSON.parse(read("package.json")) as { files: string[] };
    const packed = [...files, "README.md", "LICENSE"];
    for (const [, link = ""] of read(file).matchAll(/\]\((?!https:)([^)]+)\)/g)) {
      const [path = "", heading] = link.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      expect(existsSync(join(ROOT, target)), link).toBe(true);
      expect(packed, link).toContain(target.split("/")[0]);
      if (heading !== undefined) expect(headingsOf(read(target)), link).toContain(heading);
    }
  });

  it("the manifests of docs/manifests.md are one valid tree", async () => {
    const documents = yamlBlocks(read("docs/manifests.md")).filter((text) => text.startsWith("apiVersion:"));
    expect(documents.length).toBeGreaterThan(6);
    const sheet = read("examples/samplesheet/SampleSheet.csv");
    const folder = treeOf({ "all.yaml": documents.join("---\n"), "SampleSheet.csv": sheet });
    expect(await icaform(["validate", folder])).toMatchObject({ code: 0, stderr: "" });
  });

  it("docs/manifests.md names every key of a spec", () => {
    const page = read("docs/manifests.md");
    const schemas = readdirSync(join(ROOT, "schemas")).map((file) => JSON.parse(read(`schemas/${file}`)) as unknown);
    const keys = schemas.flatMap(specKeys);
    expect(keys).toEqual(expect.arrayContaining(["pipeline", "forbidOverlap", "csv", "rotateAfter", "complete"]));
    for (const key of keys) expect(page).toMatch(new RegExp(`\\b${key}\\b`));
  });
});

function yamlBlocks(page: string): string[] {
  return [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
}

/** Where links lead to, as GitHub names them. */
function headingsOf(page: string): string[] {
  const headings = page.match(/(?<=^#{1,6} ).*/gm) ?? [];
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** The keys that a user may write, however deep, of a schema that is a kind's own. */
function specKeys(schema: unknown): string[] {
  const kind = schema as { title?: string; properties?: { spec?: unknown }; definitions?: unknown };
  if (kind.properties?.spec === undefined) return [];
  return keysBelow([kind.properties.spec, kind.definitions]);
}

function keysBelow(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { properties } = value as { properties?: Record<string, unknown> };
  return [...Object.keys(properties ?? {}), ...Object.values(value).flatMap(keysBelow)];
}
