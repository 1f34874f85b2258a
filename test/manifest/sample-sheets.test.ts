/** Illumina's sample sheets, v1 and v2, and the choice of rows. */
import { expect, test } from "vitest";
import { brief, loadFiles, loadText, STACK } from "./trees.ts";

/** As a spreadsheet saves it: every line padded to the widest, with CRLF. */
const V2 = [
  "# made by the sequencing core",
  "[Header]",
  "FileFormatVersion,2",
  'RunName,"cohort 7, first flow cell"',
  "",
  "[Reads]",
  "Read1Cycles,151",
  "[BCLConvert_Settings]",
  "SoftwareVersion,4.2.7",
  "[BCLConvert_Data]",
  "Lane,Sample_ID,index,Sample_Project",
  "# the trio",
  "1,NA12878,ACGT,cohort-7",
  "1,NA12891,TTGA,cohort-7",
  "2,NA19240,GGCA,cohort-8",
  "",
  "[Cloud_Data]",
  "Sample_ID,ProjectName",
  "NA12878,cohort",
]
  .map((line) => padded(line))
  .join("\r\n");

const V1 = `[Header],,
IEMFileVersion,4,
Experiment Name,run 12,
[Reads],,
151,,
[Settings],,
[Data],,
Sample_ID,Sample_Project,Description
S1,p,"one, two"
S2,q,
`;

/** `section` and the like stand on line 5, the template's name on line 7. */
const set = (forEach: string) => `apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: wgs }
spec:
  forEach: ${forEach}
  template:
    metadata: { name: "\${each.Sample_ID}" }
    spec:
      pipeline: dragen
      tags: { user: ["\${each.Sample_Project}"] }
      input: { custom: { text: x } }
`;

const of = (rest: string) => set(`{ csv: s.csv, key: Sample_ID, ${rest} }`);

function padded(line: string): string {
  const commas = (line.match(/,/g) ?? []).length - (line.includes('"') ? 1 : 0);
  return line + ",".repeat(Math.max(0, 5 - commas));
}

async function load(text: string, sheet: string) {
  const loaded = await loadFiles({ "stack.yaml": STACK, "set.yaml": text, "s.csv": sheet });
  const runs = loaded.tree?.runs.map(({ name, spec }) => `${name} ${spec.tags?.user}`);
  const said = loaded.diagnostics.map(({ message, help }) => (help === undefined ? message : `${message}; ${help}`));
  return { runs, said, places: brief(loaded) };
}

test.each([
  ["v2", "BCLConvert_Data", V2, ["NA12878 cohort-7", "NA12891 cohort-7", "NA19240 cohort-8"]],
  ["v2, in other case", "bclconvert_data", V2, ["NA12878 cohort-7", "NA12891 cohort-7", "NA19240 cohort-8"]],
  [
    "v2, in brackets",
    '"[BCLConvert_Data]"',
    `\uFEFF${V2}`,
    ["NA12878 cohort-7", "NA12891 cohort-7", "NA19240 cohort-8"],
  ],
  ["v1", "Data", V1, ["S1 p", "S2 q"]],
])("the rows of a sample sheet %s", async (_, section, sheet, runs) => {
  expect(await load(of(`section: ${section}`), sheet)).toEqual({ runs, said: [], places: [] });
});

test.each([
  [
    "a section that is not there, nearly",
    "BCLConvertData",
    V2,
    ["set.yaml:5:51 error sheet-section"],
    ["`s.csv` has no section `BCLConvertData`; did you mean `BCLConvert_Data`?"],
  ],
  [
    "v1's name in a sheet of v2",
    "Data",
    V2,
    ["set.yaml:5:51 error sheet-section"],
    ["`s.csv` has no section `Data`; did you mean `BCLConvert_Data`?"],
  ],
  [
    "a section that is not there at all",
    "Nonsense",
    V2,
    ["set.yaml:5:51 error sheet-section"],
    ["`s.csv` has no section `Nonsense`; sections with rows are `BCLConvert_Data` and `Cloud_Data`"],
  ],
  [
    "a section of settings",
    "BCLConvert_Settings",
    V2,
    ["set.yaml:5:51 error sheet-section"],
    ["the section `[BCLConvert_Settings]` of `s.csv` holds settings, not rows; did you mean `BCLConvert_Data`?"],
  ],
  [
    "a section twice",
    "Data",
    `${V1}[data],,\nSample_ID,Sample_Project\n`,
    ["s.csv:11:1 error sheet-section"],
    ["the section `[data]` starts at line 7 already; keep one of them"],
  ],
  [
    "a section without rows",
    "Data",
    "[Header]\nA,1\n[Data]\n\n[Other_Data]\nx\n",
    ["s.csv:3:1 error sheet-empty"],
    ["the section `[Data]` is empty; its first row names the columns"],
  ],
  [
    "no sections",
    "Data",
    "Sample_ID,Sample_Project\nS1,p\n",
    ["set.yaml:5:51 error sheet-section"],
    ["`s.csv` has no [sections]: it is not an Illumina sample sheet; leave `section` out to read a plain CSV file"],
  ],
])("sample sheet with %s", async (_, section, sheet, places, said) => {
  expect(await load(of(`section: ${section}`), sheet)).toEqual({ runs: undefined, places, said });
});

test("rows that are shorter than the padded lines of their section", async () => {
  const sheet = V2.replace("2,NA19240,GGCA,cohort-8,,", "2,NA19240,GGCA,cohort-8");
  expect((await load(of("section: BCLConvert_Data, where: { Lane: 2 }"), sheet)).runs).toEqual(["NA19240 cohort-8"]);
});

test("a row that was made a comment is said to be left out, a comment is not", async () => {
  const sheet = V2.replace("1,NA12891", "#1,NA12891").replace("2,NA19240", "# 2,NA19240");
  const { runs, said, places } = await load(of("section: BCLConvert_Data"), sheet);
  expect(runs).toEqual(["NA12878 cohort-7"]);
  expect(places).toEqual(["s.csv:14:1 warning sheet-comment"]);
  expect(said).toEqual([
    'this row starts with "#" and is taken for a comment: no run is declared for it, nor for line 15; remove the "#" if it is a sample',
  ]);
});

test("a row whose first cell is in quotes is no comment", async () => {
  const sheet = '[Data]\nSample_Project,Sample_ID\n"#1",S1\n';
  expect(await load(of("section: Data"), sheet)).toMatchObject({ runs: ["S1 #1"], said: [] });
});

test.each([
  ["padded", "# for a, b\n[Header];;\nFileFormatVersion;2;\n[Data];;\nSample_ID;Sample_Project;\n", 2],
  ["as it is", "[Header]\nFileFormatVersion;2\n[Data]\nSample_ID;Sample_Project\nS1;p\n", 4],
])("a sample sheet with semicolons, %s", async (_, sheet, line) => {
  const { places, said } = await load(of("section: Data"), sheet);
  expect(places).toEqual([`s.csv:${line}:1 error sheet-separator`]);
  expect(said).toEqual(["this sheet seems to be separated by semicolons; save it with commas"]);
});

test("a sample sheet whose section nobody named", async () => {
  const { places, said } = await load(set("{ csv: s.csv, key: Sample_ID }"), V2);
  expect(places).toEqual(["s.csv:2:1 error sheet-section"]);
  expect(said[0]).toContain("set spec.forEach.section, sections with rows are `BCLConvert_Data` and `Cloud_Data`");
});

test.each([
  ["a sample twice", "NA19240", "NA12878", ["s.csv:15:3 error sheet-key"]],
  ["a name that no run can have", "NA19240", "NA 19240", ["s.csv:15:3 error bad-value"]],
  ["a row that is too short", "2,NA19240,GGCA,cohort-8,,", "2,NA19240", ["s.csv:15:1 error sheet-row"]],
  ["a cell beyond the last column", "GGCA,cohort-8,", "GGCA,cohort-8,x", ["s.csv:15:1 error sheet-row"]],
  ["another column name", "index,Sample_Project", "index,Project", ["set.yaml:10:22 error column-missing"]],
])("lines are those of the file: %s", async (_, good, bad, places) => {
  expect(V2).toContain(good);
  const sheet = V2.replace(good, bad);
  expect((await load(of("section: BCLConvert_Data"), sheet)).places).toEqual(places);
});

test("which row breaks a name's pattern, in a sheet of which some rows are chosen", async () => {
  const sheet = V2.replace("NA19240", "NA 19240");
  const { said, places } = await load(of("section: BCLConvert_Data, where: { Lane: 2 }"), sheet);
  expect(places).toEqual(["s.csv:15:3 error bad-value"]);
  expect(said[0]).toMatch(
    /must be 1 to 150 letters .*; `Sample_ID` is `NA 19240` here; it is filled in at set\.yaml:7:23/,
  );
  const { runs } = await load(of("section: BCLConvert_Data, where: { Lane: 1 }"), sheet);
  expect(runs).toEqual(["NA12878 cohort-7", "NA12891 cohort-7"]);
});

test.each([
  ["{ Sample_Project: cohort-7 }", ["NA12878 cohort-7", "NA12891 cohort-7"]],
  ["{ Sample_Project: [cohort-7, cohort-8], Lane: 2 }", ["NA19240 cohort-8"]],
  ["{ Lane: 1, Sample_ID: [NA12891, NA19240] }", ["NA12891 cohort-7"]],
  ["{ Lane: [1, 2] }", ["NA12878 cohort-7", "NA12891 cohort-7", "NA19240 cohort-8"]],
  ["{}", ["NA12878 cohort-7", "NA12891 cohort-7", "NA19240 cohort-8"]],
])("only rows where %s", async (where, runs) => {
  expect(await load(of(`section: BCLConvert_Data, where: ${where}`), V2)).toEqual({ runs, said: [], places: [] });
});

test("values are compared as they are written, an empty cell by null or an empty text", async () => {
  const sheet = "Sample_ID,Sample_Project\n1,007\n2,7\n3,\n";
  const only = async (value: string) => {
    const text = of(`where: { Sample_Project: ${value} }`).replace('"${each.Sample_Project}"', "x");
    return (await load(text, sheet)).runs;
  };
  expect([await only("007"), await only("7"), await only("null"), await only('""')]).toEqual([
    ["1 x"],
    ["2 x"],
    ["3 x"],
    ["3 x"],
  ]);
});

test("blanks around cells do not count, and case does: what differs in it alone is told", async () => {
  const sheet = "Sample_ID,Sample_Project\nS1,y\nS2,y \nS3,Y\nS4,n\nS5,Y\n";
  const { runs, said, places } = await load(of("where: { Sample_Project: [' y', none] }"), sheet);
  expect(runs).toEqual(["S1 y", "S2 y "]);
  expect(places).toEqual(["set.yaml:5:67 warning where-case", "set.yaml:5:67 warning where-nothing"]);
  expect(said[0]).toBe(
    "rows of `s.csv` with `Y` instead of `y` in `Sample_Project` are left out: lines 4 and 6; case counts: list all spellings that are meant, or mend the sheet",
  );
  expect((await load(of("where: { Sample_Project: [y, Y] }"), sheet)).said).toEqual([]);
});

test("how many rows were chosen", async () => {
  const sheet = "Sample_ID,Sample_Project\nS1,p\nS2,p\nS3,q\n";
  const files = (where: string) => ({ "stack.yaml": STACK, "set.yaml": of(`where: ${where}`), "s.csv": sheet });
  expect((await loadFiles(files("{ Sample_Project: q }"))).choices).toEqual([
    { set: "wgs", sheet: "s.csv", rows: 1, of: 3 },
  ]);
  const { diagnostics } = await loadFiles(files("{ Sample_Project: q, Sample_ID: S1 }"));
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "`where` chooses none of the 3 rows of `s.csv`, so this set declares no runs",
  ]);
});

test("a key may repeat in rows that are left out", async () => {
  const sheet = "Sample_ID,Lane,Sample_Project\nS1,1,p\nS1,2,p\n";
  expect((await load(of("where: { Lane: 1 }"), sheet)).runs).toEqual(["S1 p"]);
  expect((await load(of("where: { Lane: [1, 2] }"), sheet)).places).toEqual(["s.csv:3:1 error sheet-key"]);
});

test.each([
  [
    "a column that is not there",
    "{ Sample_Projct: cohort-7 }",
    ["set.yaml:5:77 error column-missing"],
    "`s.csv` (s.csv:11) has no column `Sample_Projct`; did you mean `Sample_Project`?",
  ],
  [
    "a value that no row has",
    "{ Sample_Project: cohrt-7 }",
    ["set.yaml:5:12 warning sheet-empty", "set.yaml:5:93 warning where-nothing"],
    "no row of `s.csv` has `cohrt-7` in `Sample_Project`; did you mean `cohort-7`?",
  ],
  [
    "one of several values that no row has",
    "{ Lane: [1, 99] }",
    ["set.yaml:5:83 warning where-nothing"],
    "no row of `s.csv` has `99` in `Lane`; it has `1`, `2`",
  ],
  ["a value that is none", "{ Lane: { not: 1 } }", ["set.yaml:5:83 error one-of"], "must be the value of a cell"],
])("where with %s", async (_, where, places, said) => {
  const loaded = await load(of(`section: BCLConvert_Data, where: ${where}`), V2);
  expect(loaded.places).toEqual(places);
  expect(loaded.said.join("\n")).toContain(said);
});

test("where and variables, and items", async () => {
  const text = set(
    '{ items: [{ Sample_ID: a, Sample_Project: p }, { Sample_ID: b, Sample_Project: q }], key: Sample_ID, where: { Sample_Project: "${var.project}" } }',
  );
  const { tree } = await loadText(text, { project: "q" });
  expect(tree?.runs.map(({ name }) => name)).toEqual(["b"]);
  const wrong = await loadText(set("{ items: [{ Sample_ID: a }], section: Data, key: Sample_ID }"));
  expect(brief(wrong)).toEqual(["tree.yaml:5:12 error one-of"]);
});
