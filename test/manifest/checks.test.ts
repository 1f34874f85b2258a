import { describe, expect, test } from "vitest";
import { brief, loadFiles, loadText, run, STACK } from "./trees.ts";

async function found(...documents: string[]): Promise<string[]> {
  return brief(await loadText(documents.join("---\n")));
}

const credential = `apiVersion: icaform/v1
kind: StorageCredential
metadata: { name: lab-s3 }
spec: { type: AWS_USER, accessKeyId: { env: A }, secretAccessKey: { env: B } }
`;

const mapping = (name: string, ...mappings: string[]) => `apiVersion: icaform/v1
kind: OutputMapping
metadata: { name: ${name} }
spec:
  mappings:
${mappings.map((item) => `    - ${item}\n`).join("")}`;

describe("the Stack", () => {
  test("none, with an example", async () => {
    const loaded = await loadFiles({ "a.yaml": run("a") });
    expect(brief(loaded)).toEqual(["a.yaml:1:1 error stack-missing"]);
    expect(loaded.diagnostics[0]?.help).toContain("kind: Stack");
  });

  test("two: told at the second", async () => {
    const loaded = await loadFiles({ "a.yaml": STACK, "b.yaml": STACK });
    expect(brief(loaded)).toEqual(["b.yaml:3:19 error stack-duplicate"]);
    expect(loaded.diagnostics[0]?.message).toContain("a.yaml:3:19");
  });

  test("a Stack alone is a tree", async () => {
    expect((await loadFiles({ "a.yaml": STACK })).tree?.runs).toEqual([]);
  });

  test("a run needs a project from somewhere", async () => {
    const stack = STACK.replace("spec: { project: prod }", "spec: {}");
    const text = `${run("a")}---\n${run("b", "project: p")}`;
    expect(brief(await loadFiles({ "stack.yaml": stack, "tree.yaml": text }))).toEqual([
      "tree.yaml:5:3 error project-missing",
    ]);
  });

  test.each([
    ["https://ica.illumina.com/ica/rest", []],
    ["https://ica.illumina.com:8443/", []],
    ["http://127.0.0.1:8080/ica/rest", []],
    ["http://[::1]:8080", []],
    ["http://localhost:1", []],
    ["https://illumina.com", []],
    ["https://evil.example/ica", ["foreign-server"]],
    ["https://evilillumina.com/ica", ["foreign-server"]],
    ["https://ica.illumina.com.evil.example", ["foreign-server"]],
    ["https://ica.illumina.com@evil.example", ["bad-server"]],
    ["http://ica.illumina.com", ["bad-server"]],
    ["ftp://localhost", ["bad-server"]],
    ["https://ica.illumina.com/?x=1", ["bad-server"]],
    ["https://ica.illumina.com/#", ["bad-server"]],
    ["ica.illumina.com", ["bad-server"]],
  ])("server %s", async (server, codes) => {
    const stack = STACK.replace("project: prod", `project: prod, server: "${server}"`);
    const { diagnostics } = await loadFiles({ "stack.yaml": stack });
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    for (const { line, column } of diagnostics) expect({ line, column }).toEqual({ line: 4, column: 32 });
  });
});

describe("names", () => {
  test("a name given twice is told at the second document, with the first one's place", async () => {
    const { diagnostics } = await loadFiles({ "a.yaml": `${STACK}---\n${run("x")}`, "b.yaml": run("x") });
    expect(brief({ diagnostics })).toEqual(["b.yaml:3:19 error duplicate-name"]);
    expect(diagnostics[0]?.message).toBe("the PipelineRun `x` is already declared at a.yaml:8:19");
  });

  test("kinds have names of their own", async () => {
    expect(await found(run("x"), mapping("x", "{ source: a, target: /a }"), credential.replace("lab-s3", "x"))).toEqual(
      [],
    );
    expect(await found(credential, credential)).toEqual(["tree.yaml:8:19 error duplicate-name"]);
  });

  test("former names belong to one run", async () => {
    const named = (name: string, former: string) => run(`${name}, formerNames: [${former}]`);
    expect(await found(named("a", "old"), named("b", "older, old"))).toEqual(["tree.yaml:10:43 error former-name"]);
    expect(await found(named("a", "b"), run("b"))).toEqual(["tree.yaml:3:36 error former-name"]);
    expect(await found(named("a", "a"))).toEqual(["tree.yaml:3:36 error former-name"]);
    expect(await found(named("a", "c"), named("b", "d"))).toEqual([]);
  });
});

describe("references", () => {
  test("credential, mapping and runs must be in the tree", async () => {
    const text = run(
      "a",
      "input:",
      "  form:",
      "    data:",
      "      - parameter: x",
      "        files: [{ output: PipelineRun/bb, path: x }]",
      '        external: [{ url: "s3://b/x", mountPath: x, credential: lab-s4 }]',
      "outputs: [{ mapping: delver }]",
      "dependsOn: [PipelineRun/b, PipelineRun/nobody]",
    );
    const others = [run("b"), mapping("deliver", "{ source: a, target: /a }"), credential];
    const { diagnostics } = await loadText([text, ...others].join("---\n"));
    expect(diagnostics.map(({ line, column, code, help }) => [line, column, code, help])).toEqual([
      [10, 29, "reference-missing", "did you mean `b`?"],
      [11, 67, "reference-missing", "did you mean `lab-s3`?"],
      [12, 24, "reference-missing", "did you mean `deliver`?"],
      [13, 30, "reference-missing", "declare it in this tree, or check the name"],
    ]);
  });

  test("neither the run itself nor any other letter is what was meant", async () => {
    const helps = async (name: string, on: string) =>
      (await loadText(run(name, `dependsOn: [PipelineRun/${on}]`))).diagnostics.map(({ help }) => help);
    expect(await helps("align", "alihn")).toEqual(["declare it in this tree, or check the name"]);
    const { diagnostics } = await loadText(`${run("x")}---\n${run("wgs", "dependsOn: [PipelineRun/y]")}`);
    expect(diagnostics).toMatchObject([{ help: "declare it in this tree, or check the name" }]);
  });

  test("a run under its former name", async () => {
    const { diagnostics } = await loadText(
      `${run("a", "dependsOn: [PipelineRun/old]")}---\n${run("b, formerNames: [old]")}`,
    );
    expect(diagnostics).toMatchObject([{ code: "reference-missing", help: "that run is called `b` now" }]);
  });

  test("a credential of ICA by its id needs no document", async () => {
    const external = '{ url: "s3://b/x", credential: { id: 3fa85f64-5717-4562-b3fc-2c963f66afa6 } }';
    expect(await found(run("a", `input: { custom: { text: x, external: [${external}] } }`))).toEqual([]);
  });
});

describe("cycles", () => {
  const waits = (name: string, ...on: string[]) =>
    run(name, `dependsOn: [${on.map((other) => `PipelineRun/${other}`).join(", ")}]`);

  test("a cycle is told at a dependency on it, and names its runs", async () => {
    const { diagnostics } = await loadText(
      [waits("a", "b"), waits("b", "c"), waits("c", "d", "a"), run("d")].join("---\n"),
    );
    expect(brief({ diagnostics })).toEqual(["tree.yaml:23:30 error dependency-cycle"]);
    expect(diagnostics[0]?.message).toBe("these runs wait for each other: `a` → `b` → `c` → `a`");
  });

  test("a run that waits for itself, and one that takes its own output", async () => {
    expect(await found(waits("a", "a"))).toEqual(["tree.yaml:7:15 error dependency-cycle"]);
    const own = "input: { custom: { text: x, files: [{ output: PipelineRun/a, path: x }] } }";
    expect(await found(run("a", own))).toEqual(["tree.yaml:6:49 error dependency-cycle"]);
  });

  test("outputs count as dependencies", async () => {
    const takes = "input: { custom: { text: x, mounts: [{ file: { output: PipelineRun/b, path: x }, path: y }] } }";
    expect(await found(run("a", takes), waits("b", "a"))).toEqual(["tree.yaml:14:15 error dependency-cycle"]);
  });

  test("two cycles are two mistakes; a diamond is none", async () => {
    expect(await found(waits("a", "b"), waits("b", "a"), waits("c", "d"), waits("d", "c"))).toHaveLength(2);
    expect(await found(waits("a", "b", "c"), waits("b", "d"), waits("c", "d"), run("d"))).toEqual([]);
  });

  test("a chain of 3,000 runs", async () => {
    const chain = Array.from({ length: 3000 }, (_, i) => (i === 0 ? run("r0") : waits(`r${i}`, `r${i - 1}`)));
    expect(await found(...chain.reverse())).toEqual([]);
  });
});

describe("inputs", () => {
  const UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
  const external = (item: string) => run("a", `input: { custom: { text: x, external: [${item}] } }`);
  const mount = (path: string) => run("a", `input: { custom: { text: x, mounts: [{ file: fil.1, path: ${path} }] } }`);

  test.each([
    ["S3 without a credential", external('{ url: "s3://b/x", mountPath: x }'), ["6:42 s3-credential"]],
    ["S3 by its type, without a credential", external('{ url: "https://b/x", type: s3 }'), ["6:42 s3-credential"]],
    ["an S3 key with spaces", external(`{ url: "S3://b/S1 R2.fq", credential: { id: ${UUID} } }`), []],
    [
      "an S3 URL with a blank at its end",
      external(`{ url: "s3://b/x ", credential: { id: ${UUID} } }`),
      ["6:49 bad-value"],
    ],
    ["an S3 bucket with spaces", external(`{ url: "s3://b c/x", credential: { id: ${UUID} } }`), ["6:49 bad-value"]],
    ["an S3 key of two lines", external(`{ url: "s3://b/x\\ny", credential: { id: ${UUID} } }`), ["6:49 bad-value"]],
    ["http with spaces", external('{ url: "https://b/x y" }'), ["6:49 bad-value"]],
    ["a credential for http", external('{ url: "https://b/x", credential: lab-s3 }'), ["6:64 s3-credential"]],
    ["an unknown scheme", external('{ url: "gs://b/x" }'), ["6:49 external-type"]],
    ["a type that settles it", external('{ url: "anything", type: basespace }'), []],
    ["BaseSpace details for http", external('{ url: "http://b/x", basespace: {} }'), ["6:63 external-type"]],
    ["a mount path without a file name", external('{ url: "https://b/x", mountPath: in/ }'), ["6:75 mount-path"]],
    ["a folder", external('{ url: "https://b/x/", mountPath: in/ }'), []],
    ["a presigned folder", external('{ url: "https://b/x/?sig=1", mountPath: in/ }'), []],
    ["BaseSpace", external('{ url: "bs://x", mountPath: in/, basespace: { pathPrefix: null } }'), []],
    ["no mount path", external('{ url: "https://b/x", mountPath: null }'), []],
    ["a mount path that climbs", external('{ url: "https://b/x", mountPath: ../x }'), ["6:75 mount-path"]],
    ["a mount", mount("regions/target.bed"), []],
    ["an absolute mount", mount("/data/target.bed"), []],
    ["a mount without a file name", mount("regions/"), ["6:61 mount-path"]],
  ])("%s", async (_, text, expected) => {
    const plain = (await found(text, credential)).map((line) => line.replace("tree.yaml:", "").replace("error ", ""));
    expect(plain).toEqual(expected);
  });

  test("all four inputs are looked into", async () => {
    const bad = 'external: [{ url: "s3://b/x" }]';
    const inputs = [
      `{ form: { data: [{ parameter: p, ${bad} }] } }`,
      `{ custom: { text: x, ${bad} } }`,
      `{ json: { text: x, ${bad} } }`,
      `{ formValues: { fields: [{ id: f, ${bad} }] } }`,
      `{ formValues: { groups: [{ id: g, values: [{ fields: [{ id: f, ${bad} }] }] }] } }`,
    ];
    for (const input of inputs) {
      const { diagnostics } = await loadText(run("a", `input: ${input}`));
      expect(diagnostics.map(({ line, column, code }) => [line, column, code])).toEqual([
        [6, 3 + `input: ${input}`.indexOf("{ url"), "s3-credential"],
      ]);
    }
    const data =
      "data: [{ file: { output: PipelineRun/b, path: x }, path: y/ }, { output: PipelineRun/c, path: z }, fil.1]";
    expect(await found(run("a", `input: { formValues: { fields: [{ id: f, ${data} }] } }`))).toEqual([
      "tree.yaml:6:69 error reference-missing",
      "tree.yaml:6:101 error mount-path",
      "tree.yaml:6:117 error reference-missing",
    ]);
  });

  test("activation codes go with form and json alone", async () => {
    const code = "activationCode: 3fa85f64-5717-4562-b3fc-2c963f66afa6";
    expect(await found(run("a", "input: { custom: { text: x } }", code))).toEqual([
      "tree.yaml:7:3 error activation-code",
    ]);
    expect(await found(run("a", "input: { formValues: {} }", code))).toEqual(["tree.yaml:7:3 error activation-code"]);
    expect(await found(run("a", "input: { form: {} }", code))).toEqual([]);
    expect(await found(run("a", "input: { json: { values: {} } }", code))).toEqual([]);
  });
});

describe("mappings", () => {
  test.each([
    ["FILE with a folder's target", "{ source: a, target: /a/, type: FILE }", ["6:28 mapping-type"]],
    ["FILE with a folder's source", "{ source: a/, target: /a, type: FILE }", ["6:17 mapping-type"]],
    ["FOLDER without slashes", "{ source: a, target: /a, type: FOLDER }", []],
    ["a relative target", "{ source: a, target: a/ }", ["6:28 bad-value"]],
    ["a target that climbs", "{ source: a, target: /x/../a }", ["6:28 mapping-target"]],
    ["a target with an empty part", "{ source: a, target: /x//a }", ["6:28 mapping-target"]],
    ["a source that climbs", "{ source: ../a, target: /a }", ["6:17 mapping-source"]],
    ["names with dots", "{ source: .a/..b/c.d, target: /..x/.y. }", []],
  ])("%s", async (_, item, expected) => {
    const plain = (text: string[]) => text.map((line) => line.replace("tree.yaml:", "").replace("error ", ""));
    expect(plain(await found(mapping("m", item)))).toEqual(expected);
    const inline = await found(run("a", "outputs:", `  - ${item}`));
    expect(inline.map((line) => line.replace(/^.* /, ""))).toEqual(expected.map((line) => line.replace(/^.* /, "")));
  });

  test("actionOnExist in any case becomes ICA's spelling", async () => {
    const item = "{ source: a, target: /a, actionOnExist: sKiP }";
    const { tree } = await loadText(
      `${mapping("m", item)}---\n${run("a", `outputs: [${item.replaceAll("/a", "/b")}]`)}`,
    );
    expect(tree?.mappings[0]?.spec.mappings[0]?.actionOnExist).toBe("SKIP");
    expect(tree?.runs[0]?.spec.outputs?.[0]).toMatchObject({ actionOnExist: "SKIP" });
  });
});

describe("targets of several runs", () => {
  const writes = (name: string, target: string, ...more: string[]) =>
    run(name, `outputs: [{ source: x, target: ${target} }]`, ...more);

  test("the same file is an error at the second run", async () => {
    const { diagnostics } = await loadText(`${writes("a", "/r.html")}---\n${writes("b", "/r.html")}`);
    expect(brief({ diagnostics })).toEqual(["tree.yaml:15:13 error target-conflict"]);
    expect(diagnostics[0]?.message).toBe("the runs `a` and `b` write to the same file `/r.html`");
  });

  test("unless all of them rename, wherever that is said", async () => {
    const renames = "/r.html, actionOnExist: rename";
    expect(await found(writes("a", renames), writes("b", renames))).toEqual([]);
    expect(await found(writes("a", renames), writes("b", "/r.html"))).toHaveLength(1);
    const stack = STACK.replace("project: prod", "project: prod, defaults: { actionOnExist: Rename }");
    const text = `${writes("a", "/r.html")}---\n${writes("b", "/r.html")}`;
    expect(brief(await loadFiles({ "stack.yaml": stack, "tree.yaml": text }))).toEqual([]);
    const skips = `${writes("a", "/r.html")}---\n${writes("b", "/r.html, actionOnExist: skip")}`;
    expect(brief(await loadFiles({ "stack.yaml": stack, "tree.yaml": skips }))).toHaveLength(1);
    const shared = mapping("m", "{ source: x, target: /r.html }").replace("spec:", "spec:\n  actionOnExist: Rename");
    const named = (name: string) => run(name, "outputs: [{ mapping: m }]");
    expect(await found(shared, named("a"), named("b"))).toEqual([]);
  });

  test("projects tell targets apart", async () => {
    expect(await found(writes("a", "/r.html"), writes("b", "/r.html", "project: other"))).toEqual([]);
    expect(await found(writes("a", "/r.html"), writes("b", "/r.html, project: other"))).toEqual([]);
    expect(await found(writes("a", "/r.html"), writes("b", "/r.html", "project: prod"))).toHaveLength(1);
  });

  test("a run may write into its own other targets", async () => {
    const outputs = "outputs: [{ source: a, target: /x/ }, { source: b, target: /x/y/ }, { source: c, target: /x/y/ }]";
    expect(await found(run("a", outputs))).toEqual([]);
  });

  test("overlapping folders are one warning, at the second run", async () => {
    const runs = Array.from({ length: 96 }, (_, index) => writes(`s${String(index).padStart(2, "0")}`, "/cohort/"));
    const { diagnostics, tree } = await loadText(runs.join("---\n"));
    expect(brief({ diagnostics })).toEqual(["tree.yaml:15:13 warning target-overlap"]);
    expect(diagnostics[0]?.message).toBe(
      "the runs `s00` and `s01` and 94 more write to overlapping folders: the same folder `/cohort/`",
    );
    expect(tree?.runs).toHaveLength(96);
  });

  test("nested folders overlap, neighbours do not", async () => {
    const nested = await loadText([writes("a", "/x/y/z/"), writes("b", "/x/"), writes("c", "/x/w/")].join("---\n"));
    expect(brief(nested)).toEqual(["tree.yaml:7:13 warning target-overlap"]);
    expect(nested.diagnostics[0]?.message).toBe(
      "the runs `b` and `a` and 1 more write to overlapping folders: `/x/y/z/`, inside `/x/`",
    );
    expect(await found(writes("a", "/x/y/"), writes("b", "/x/yy/"), writes("c", "/x/z, type: FOLDER"))).toEqual([]);
    expect(await found(writes("a", "/x, type: FOLDER"), writes("b", "/x/y/"))).toHaveLength(1);
    expect(await found(writes("a", "/"), writes("b", "/x/y/"))).toHaveLength(1);
  });

  test("policy.forbidOverlap makes it an error", async () => {
    const stack = STACK.replace("project: prod", "project: prod, policy: { forbidOverlap: true }");
    const text = `${writes("a", "/x/")}---\n${writes("b", "/x/")}`;
    const loaded = await loadFiles({ "stack.yaml": stack, "tree.yaml": text });
    expect(brief(loaded)).toEqual(["tree.yaml:15:13 error target-overlap"]);
    expect(loaded.diagnostics[0]?.message).toMatch(/the same folder `\/x\/` \(policy\.forbidOverlap\)$/);
  });
});
