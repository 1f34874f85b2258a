/** How close the client stays to a limit that it is not told: `npm run bench:rate`. Takes three minutes. */
import { bundle } from "../src/build/bundle.ts";
import type { Switches } from "../src/simulator/switches.ts";
import { icaform, isStarted, openLab, percent, treeOf } from "./lab.ts";
import { table } from "./measure.ts";

export interface RateCase {
  name: string;
  creates: number;
  switches: Partial<Switches>;
  /** Stacks that are applied side by side. */
  applies?: number;
  /** The least seconds for so many answers: by default at the one rate. */
  least?: (answers: number) => number;
  /** From this answer on 429s are counted. */
  from?: number;
}

export interface RateResult {
  name: string;
  answers: number;
  refused: number;
  /** Seconds from the first answer to the last, over the least that the limit allows. */
  span: number;
  /** Runs in ICA; each once. */
  runs: number;
  lost: number;
  inARow: number;
  /** The share of 429s from the change on; undefined without one. */
  shareAfter: number | undefined;
}

const LIMIT = { rate: 25, burst: 25 };

const CASES: RateCase[] = [
  { name: "25/s, burst 25", creates: 1000, switches: LIMIT },
  {
    name: "25/s, then 5/s",
    creates: 700,
    switches: { ...LIMIT, rateChange: { afterRequests: 350, rate: 5 } },
    least: (answers) => 350 / 25 + (answers - 350) / 5,
    from: 350,
  },
  { name: "25/s, lock-out after 20", creates: 1000, switches: { ...LIMIT, lockout: { after: 20, seconds: 60 } } },
  { name: "25/s, two applies", creates: 500, switches: LIMIT, applies: 2 },
];

/** Applies new stacks against a limited simulator. */
export async function measureRate(given: RateCase): Promise<RateResult> {
  const { name, creates, switches, applies = 1, least, from = 0 } = given;
  const lab = await openLab(switches);
  try {
    const rate = switches.rate ?? Number.NaN;
    let before = 0;
    const watch = setInterval(() => {
      if (lab.tally.answers <= from) before = lab.tally.refused;
    }, 5);
    await Promise.all(
      Array.from({ length: applies }, (_, index) =>
        icaform(["apply", treeOf(creates, { stack: `s${index}` }), "--auto-approve", "--format", "json"], lab.env),
      ),
    );
    clearInterval(watch);
    const { answers, refused, first, last, inARow } = lab.tally;
    const names = lab.sim.analyses().map(({ userReference }) => userReference);
    return {
      name,
      answers,
      refused,
      span: (last - first) / 1000 / (least?.(answers) ?? answers / rate),
      runs: names.length,
      lost: creates * applies - new Set(names).size,
      inARow,
      shareAfter: from === 0 ? undefined : (refused - before) / (answers - from),
    };
  } finally {
    await lab.close();
  }
}

export function rateTable(results: readonly RateResult[]): string {
  const head = ["limit", "answers", "429", "429 after the change", "time / least", "runs", "lost", "429s in a row"];
  return table(
    head,
    results.map(({ name, answers, refused, shareAfter, span, runs, lost, inARow }) => [
      name,
      String(answers),
      percent(refused, answers),
      shareAfter === undefined ? "" : percent(shareAfter, 1),
      span.toFixed(2),
      String(runs),
      String(lost),
      String(inARow),
    ]),
  );
}

if (isStarted(import.meta.url)) {
  await bundle();
  // Side by side: they wait far more than they work.
  process.stdout.write(`${rateTable(await Promise.all(CASES.map(measureRate)))}\n`);
}
