/** ICA's page, "File output behavior": declared, applied, run to the end, and the data looked at. */
import { describe, expect, it } from "vitest";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

/** What the pipeline writes: `out/report.html` (500 bytes) and `out/vcf/{userReference}.vcf.gz` (7000). */
const FILE = { source: "out/report.html", target: "/lab/report.html" };
const FOLDER = { source: "out/vcf/", target: "/lab/vcf/" };

const BEFORE = {
  "/lab/report.html": 11,
  "/lab/vcf/r.vcf.gz": 22,
  "/lab/vcf/other.vcf.gz": 33,
};

const seed = {
  ...WORLD,
  data: [...WORLD.data, ...Object.entries(BEFORE).map(([path, size]) => ({ project: "archive", path, size }))],
};

/** Applies one run with the mapping, lets it succeed, and tells what the plan said and what is there afterwards. */
async function outcome(mapping: { source: string; target: string }, action: string | undefined, more = "") {
  const world = await lab({ seed });
  const set = action === undefined ? "" : `, actionOnExist: ${action}`;
  const outputs = `outputs: [{ source: ${mapping.source}, target: ${mapping.target}, project: archive${set} }]`;
  const folder = treeOf({ "t.yaml": stack(more) + run("r", outputs) });
  const ids = new Map(world.sim.data("archive").map(({ path, id, objectETag }) => [path, { id, objectETag }]));
  // An apply prints its plan first.
  const { code, stdout: text, stderr } = await world.icaform(["apply", folder, "--auto-approve"]);
  expect(code, stderr).toBe(0);
  world.finish();
  const after = world.sim.data("archive").filter(({ type, path }) => type === "FILE" && path.startsWith("/lab/"));
  const [sent] = (JSON.parse(world.creates()[0]?.body ?? "{}") as { analysisOutput: Record<string, unknown>[] })
    .analysisOutput;
  return { text, sent, ids, after, files: Object.fromEntries(after.map(({ path, size }) => [path, size])) };
}

describe("“**Overwrite** (default) : The existing file is overwritten”", () => {
  it.each([undefined, "Overwrite", "overwrite", "OVERWRITE"])("a file, with actionOnExist %s", async (action) => {
    const { text, sent, ids, after, files } = await outcome(FILE, action);
    expect(files).toEqual({ ...BEFORE, "/lab/report.html": 500 });
    const written = after.find(({ path }) => path === "/lab/report.html");
    expect(written?.id).toBe(ids.get("/lab/report.html")?.id);
    expect(written?.objectETag).not.toBe(ids.get("/lab/report.html")?.objectETag);
    expect(text).toMatch(/archive:\/lab\/report\.html \(Overwrite\): 1 file \(11 B\) will be overwritten$/m);
    if (action === undefined) expect(sent).not.toHaveProperty("actionOnExist");
    else expect(sent).toMatchObject({ actionOnExist: "OVERWRITE" });
  });

  it("a folder: files of the same name, and no other", async () => {
    const { text, files } = await outcome(FOLDER, "Overwrite");
    expect(files).toEqual({ ...BEFORE, "/lab/vcf/r.vcf.gz": 7_000 });
    expect(text).toMatch(
      /archive:\/lab\/vcf\/ \(Overwrite\): 2 files \(55 B\) will be overwritten where names are the same$/m,
    );
  });
});

describe("“**Rename** : The file is renamed by appending an incremental counter, before the extension”", () => {
  it("a file: the old one stays, the new one has a counter", async () => {
    const { text, sent, files } = await outcome(FILE, "Rename");
    expect(files).toEqual({ ...BEFORE, "/lab/report_1.html": 500 });
    expect(sent).toMatchObject({ actionOnExist: "RENAME", type: "FILE" });
    expect(text).toMatch(/archive:\/lab\/report\.html \(Rename\): 1 file \(11 B\) kept, new ones renamed beside$/m);
  });

  it("a folder: each file of the same name alone", async () => {
    const { text, sent, files } = await outcome(FOLDER, "Rename");
    const added = Object.entries(files).filter(([path]) => !(path in BEFORE));
    expect(files).toMatchObject(BEFORE);
    expect(added).toHaveLength(1);
    expect(added[0]?.[0]).toMatch(/^\/lab\/vcf\/r.*_1.*\.gz$/);
    expect(sent).toMatchObject({ actionOnExist: "RENAME", type: "FOLDER" });
    expect(text).toContain("2 files (55 B) kept, new ones renamed beside where names are the same");
  });

  it("the counter is incremental: a second and a third run go on counting", async () => {
    const world = await lab({ seed });
    const outputs =
      "outputs: [{ source: out/report.html, target: /lab/report.html, project: archive, actionOnExist: Rename }]";
    await world.applied(treeOf({ "t.yaml": stack() + ["a", "b", "c"].map((name) => run(name, outputs)).join("") }));
    world.finish();
    const reports = world.sim
      .data("archive")
      .map(({ path }) => path)
      .filter((path) => path.includes("report"));
    expect(reports.sort()).toEqual(["", "_1", "_2", "_3"].map((counter) => `/lab/report${counter}.html`).sort());
  });
});

describe("“**Skip** : The new file will not be uploaded”", () => {
  it("a file: the old one stays as it is", async () => {
    const { text, sent, ids, after, files } = await outcome(FILE, "Skip");
    expect(files).toEqual(BEFORE);
    const kept = after.find(({ path }) => path === "/lab/report.html");
    expect(kept?.objectETag).toBe(ids.get("/lab/report.html")?.objectETag);
    expect(sent).toMatchObject({ actionOnExist: "SKIP", type: "FILE" });
    expect(text).toMatch(/archive:\/lab\/report\.html \(Skip\): 1 file \(11 B\) kept, new ones dropped$/m);
  });

  it("a folder: files of the same name are dropped, others are uploaded", async () => {
    const { files, sent } = await outcome(FOLDER, "skip");
    expect(files).toEqual(BEFORE);
    expect(sent).toMatchObject({ actionOnExist: "SKIP", type: "FOLDER" });
    const elsewhere = await outcome({ source: "out/", target: "/lab/vcf/" }, "Skip");
    expect(elsewhere.files).toEqual({ ...BEFORE, "/lab/vcf/report.html": 500, "/lab/vcf/vcf/r.vcf.gz": 7_000 });
  });
});

describe("“if a file or folder by that name already exists at that location”", () => {
  it.each(["Overwrite", "Rename", "Skip"])("nothing there: %s writes it, and the plan says so", async (action) => {
    const { text, files } = await outcome({ source: "out/report.html", target: "/lab/new/report.html" }, action);
    expect(files).toEqual({ ...BEFORE, "/lab/new/report.html": 500 });
    expect(text).toContain("nothing is there yet");
  });

  it("“can be set with the API parameter actionOnExist”: the stack's default holds where a mapping says nothing", async () => {
    const { sent, files } = await outcome(FILE, undefined, "defaults: { actionOnExist: Rename }");
    expect(sent).toMatchObject({ actionOnExist: "RENAME" });
    expect(files).toEqual({ ...BEFORE, "/lab/report_1.html": 500 });
  });

  it("an action that ICA does not have is an error at its line", async () => {
    const world = await lab({ seed });
    const outputs = "outputs: [{ source: out/report.html, target: /lab/report.html, actionOnExist: Replace }]";
    const { code, stderr } = await world.icaform(["validate", treeOf({ "t.yaml": stack() + run("r", outputs) })]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: .*(Overwrite|Rename|Skip)/);
  });
});
