/** The trees of the rounds: 12 runs each. */
import { credential, run, runFromBucket, stack } from "../support/manifests.ts";

/** How long a round takes must not hang on the client's caution with unknown servers. */
const STACK = stack("limits: { requestsPerSecond: 500 }");

export interface Tree {
  text: string;
  runs: readonly string[];
  credentials: readonly string[];
  /** Runs deep: so many applies it takes, with the runs ending in between. */
  levels: number;
}

const RUNS = Array.from({ length: 12 }, (_, index) => `run-${index}`);

/** Runs that do not depend on one another. */
export const FLAT: Tree = {
  text: STACK + RUNS.map((name) => run(name)).join(""),
  runs: RUNS,
  credentials: [],
  levels: 1,
};

/** Six runs, four that wait for one of them each, two that wait for those; the first reads with a credential. */
export const CHAINS: Tree = {
  text:
    STACK +
    credential("lab-s3") +
    RUNS.map((name, index) => {
      if (index === 0) return runFromBucket(name, "lab-s3");
      if (index < 6) return run(name);
      return run(name, `dependsOn: [PipelineRun/${RUNS[index < 10 ? index - 6 : index - 4]}]`);
    }).join(""),
  runs: RUNS,
  credentials: ["lab-s3"],
  levels: 3,
};

/** `FLAT`, edited: three runs have changed, two are gone, two are new, and all stand in another order. */
export const EDITED: Tree = {
  ...FLAT,
  text:
    [...RUNS.slice(5), "new-0", "new-1"].map((name) => run(name)).join("") +
    RUNS.slice(0, 3)
      .map((name) => run(name, 'input: { custom: { text: "reads: 2" } }'))
      .join("") +
    STACK,
  runs: [...RUNS.slice(0, 3), ...RUNS.slice(5), "new-0", "new-1"],
};
