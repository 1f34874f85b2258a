/** How many calls a plan makes: `npm run bench:calls`. */
import { bundle } from "../src/build/bundle.ts";
import { analysesOf, filesOf, learnTags } from "./history.ts";
import { icaform, isStarted, openLab, treeOf } from "./lab.ts";
import { table } from "./measure.ts";

export interface CallsCase {
  /** Declared runs, those of them that are in ICA already, other analyses in the project. */
  declared: number;
  own: number;
  foreign: number;
  /** Files that the runs not yet in ICA read by path, one each; 0: none. */
  data: number;
}

export interface CallsResult extends CallsCase {
  calls: number;
  /** ceil(own / 1000) + ceil(data / 1000) + 10 */
  bound: number;
  /** What the plan would do. */
  create: number;
  unchanged: number;
}

const CASES: CallsCase[] = [
  { declared: 1_000, own: 0, foreign: 0, data: 0 },
  { declared: 1_000, own: 0, foreign: 50_000, data: 0 },
  { declared: 1_000, own: 0, foreign: 0, data: 1_000 },
  { declared: 1_000, own: 500, foreign: 20_000, data: 500 },
  { declared: 10_000, own: 10_000, foreign: 0, data: 0 },
  { declared: 10_000, own: 10_000, foreign: 20_000, data: 0 },
  { declared: 10_000, own: 5_000, foreign: 0, data: 5_000 },
];

/** Plans once against a simulator that counts what it answers. */
export async function measureCalls(given: CallsCase): Promise<CallsResult> {
  const { declared, own, foreign, data } = given;
  // What is in ICA already was declared without files: they would change its fingerprint, one by one.
  const spec = (index: number) => (index < own || data === 0 ? "" : `files: [/in/f${index % data}.txt]`);
  const tagsOf = await learnTags();
  const lab = await openLab({}, { analyses: analysesOf(own, foreign, tagsOf), data: filesOf(data) });
  try {
    const folder = treeOf(declared, { spec });
    const { stdout } = await icaform(["plan", folder, "--format", "json"], lab.env);
    const { summary } = JSON.parse(stdout) as { summary: { create: number; unchanged: number } };
    const bound = Math.ceil(own / 1000) + Math.ceil(data / 1000) + 10;
    return { ...given, calls: lab.tally.answers, bound, create: summary.create, unchanged: summary.unchanged };
  } finally {
    await lab.close();
  }
}

if (isStarted(import.meta.url)) {
  await bundle();
  const rows: string[][] = [];
  for (const one of CASES) {
    const { declared, own, foreign, data, create, unchanged, calls, bound } = await measureCalls(one);
    rows.push([declared, own, own + foreign, data, create, unchanged, calls, bound].map(String));
  }
  const head = [
    "declared (N)",
    "of the stack (M)",
    "in the project (P)",
    "files",
    "create",
    "unchanged",
    "calls",
    "bound",
  ];
  process.stdout.write(`${table(head, rows)}\n`);
}
