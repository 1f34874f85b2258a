/** How time and memory grow with the work: `npm run bench:scale`. Writes the plots in `docs/`. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "../src/build/bundle.ts";
import type { SeedAnalysis } from "../src/simulator/seedTypes.ts";
import { analysesOf, learnTags } from "./history.ts";
import { icaform, isStarted, openLab, treeOf } from "./lab.ts";
import { median, table } from "./measure.ts";
import { logLogPlot } from "./svg.ts";

export interface ScaleResult {
  size: number;
  cpuSeconds: number;
  peakMb: number;
}

type Work = (size: number) => Promise<ScaleResult>;

const validate: Work = async (size) => ({ size, ...(await icaform(["validate", treeOf(size)])) });

const plan: Work = async (size) => {
  const lab = await openLab();
  try {
    return { size, ...(await icaform(["plan", treeOf(size), "--format", "json"], lab.env)) };
  } finally {
    await lab.close();
  }
};

/** Starts `size` runs, as fast as a server without a limit answers. */
const apply: Work = async (size) => {
  const lab = await openLab();
  try {
    return { size, ...(await icaform(["apply", treeOf(size), "--auto-approve", "--format", "json"], lab.env)) };
  } finally {
    await lab.close();
  }
};

/** A plan of ten runs of which ICA has `size` attempts: all of them are listed, ten lines are told. */
const list: Work = async (size) => {
  const tagsOf = await learnTags();
  const analyses = Array.from({ length: size }, (_, index): SeedAnalysis => {
    const name = `bench-${index % 10}`;
    const attempt = `icaform.attempt=${Math.floor(index / 10) + 1}`;
    const technicalTags = tagsOf(name).map((tag) => (tag.startsWith("icaform.attempt=") ? attempt : tag));
    return { pipeline: "nf", userReference: name, status: "SUCCEEDED", tags: { technicalTags } };
  });
  const lab = await openLab({}, { analyses });
  try {
    const result = { size, ...(await icaform(["plan", treeOf(10), "--format", "json"], lab.env)) };
    if (lab.tally.answers < size / 1000) throw new Error(`only ${lab.tally.answers} calls: not all was listed`);
    return result;
  } finally {
    await lab.close();
  }
};

/** The same ten runs in a project with `size` analyses of others: the search by tag leaves them on the server. */
const pass: Work = async (size) => {
  const lab = await openLab({}, { analyses: analysesOf(10, size, await learnTags()) });
  try {
    return { size, ...(await icaform(["plan", treeOf(10), "--format", "json"], lab.env)) };
  } finally {
    await lab.close();
  }
};

/** Medians of `rounds`. */
export async function measureScale(work: Work, sizes: readonly number[], rounds: number): Promise<ScaleResult[]> {
  const results: ScaleResult[] = [];
  for (const size of sizes) {
    const all: ScaleResult[] = [];
    for (let round = 0; round < rounds; round++) all.push(await work(size));
    const cpuSeconds = median(all.map((one) => one.cpuSeconds));
    results.push({ size, cpuSeconds, peakMb: median(all.map((one) => one.peakMb)) });
  }
  return results;
}

const WORKS: { name: string; work: Work; sizes: readonly number[] }[] = [
  { name: "validate, by documents", work: validate, sizes: [1_000, 10_000, 50_000] },
  { name: "plan of creates, by documents", work: plan, sizes: [1_000, 10_000, 50_000] },
  { name: "apply of creates, by documents", work: apply, sizes: [500, 5_000] },
  { name: "plan of ten, by attempts listed", work: list, sizes: [2_000, 20_000, 200_000] },
  { name: "plan of ten, by the project's analyses", work: pass, sizes: [2_000, 20_000, 200_000] },
];

if (isStarted(import.meta.url)) {
  await bundle();
  const rounds = Number(process.env.BENCH_ROUNDS ?? 1);
  const all: { name: string; results: ScaleResult[] }[] = [];
  for (const { name, work, sizes } of WORKS) all.push({ name, results: await measureScale(work, sizes, rounds) });
  const rows = all.flatMap(({ name, results }) =>
    results.map(({ size, cpuSeconds, peakMb }, index) => {
      const previous = results[index - 1];
      const ratio = (value: number, before: number | undefined) =>
        before === undefined ? "" : (value / before).toFixed(2);
      return [
        name,
        size.toLocaleString("en"),
        ratio(size, previous?.size),
        cpuSeconds.toFixed(2),
        ratio(cpuSeconds, previous?.cpuSeconds),
        peakMb.toFixed(0),
        ratio(peakMb, previous?.peakMb),
      ];
    }),
  );
  process.stdout.write(`${table(["work", "size", "×", "CPU (s)", "×", "peak (MB)", "×"], rows)}\n`);
  const series = (value: "cpuSeconds" | "peakMb") =>
    all.map(({ name, results }) => ({
      name: name,
      points: results.map((one) => [one.size, one[value]] as const),
    }));
  const cpu = logLogPlot("CPU time", "documents, or analyses", "seconds", series("cpuSeconds"));
  const memory = logLogPlot("Peak memory", "documents, or analyses", "MB", series("peakMb"));
  const docs = new URL("../docs/", import.meta.url);
  writeFileSync(fileURLToPath(new URL("scale-cpu.svg", docs)), cpu);
  writeFileSync(fileURLToPath(new URL("scale-memory.svg", docs)), memory);
}
