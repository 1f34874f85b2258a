/** Issue 3, point 3: the cohort with the real command, once for each answer to what is unknown of ICA. */
import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import type { Switches } from "../../src/simulator/switches.ts";
import { type Lab, openLab } from "../support/simulator.ts";
import { cohortSeed, cohortTree, SECRETS } from "./cohort.ts";
import { type Ending, endingsOf, expectEnding, expectMet } from "./expected.ts";
import { live, type Tool } from "./story.ts";
import { alone } from "./unknowns.ts";

const trees = { plain: cohortTree({ rotates: false }), rotating: cohortTree({ rotates: true }) };
afterAll(() => {
  for (const folder of Object.values(trees)) rmSync(folder, { recursive: true });
});

/** Times are those of the machine's clock here, so they are short. */
const RATE: Partial<Switches> = { rate: 8, burst: 8 };

/** The unknown, how it is, and how the story must end. */
const SINGLES: [string, Partial<Switches>, Ending][] = [
  ["everything as usual", {}, "empty"],
  ["largestPage", { maxPageSize: 50, pageSizePolicy: "refuse" }, "empty"],
  ["largestPage", { maxPageSize: 20, pageSizePolicy: "clamp" }, "empty"],
  ["lastPage", { lastPageToken: "empty" }, "empty"],
  ["lastPage", { lastPageToken: "absent" }, "empty"],
  ["retryAfter", { retryAfter: "none" }, "empty"],
  ["retryAfter", { retryAfter: "seconds" }, "empty"],
  ["retryAfter", { retryAfter: "date" }, "empty"],
  ["rateScope", { rateScope: "endpoint", rate: 10, burst: 1 }, "empty"],
  ["duplicateCredentialNames", { duplicateCredentialNames: "conflict" }, "empty"],
  ["duplicateCredentialNames", { duplicateCredentialNames: "second" }, "empty"],
  ["timeModified", { updateSecretsMovesTimeModified: true }, "empty"],
  ["timeModified", { updateSecretsMovesTimeModified: false }, "rotation due"],
  ["tagSearch", { tagSearch: { combine: "or", match: "substring", caseSensitive: false } }, "empty"],
  ["tagSearch", { tagSearch: { combine: "and", match: "prefix", caseSensitive: true } }, "empty"],
  ["tagLength", { maxTagLength: 128 }, "empty"],
  ["tagLength", { maxTagLength: 60 }, "refused"],
  ["targetFolders", { createTargetFolders: false }, "run failed"],
  ["listingLag", { listingLag: 700 }, "empty"],
  ["jwtLifetime", { jwtLifetime: 1 }, "empty"],
  ["v3Spelling", { v3Only: false }, "empty"],
];

/** The command, whose exit codes must fit what it says. */
function command(folder: string, lab: Lab): Tool {
  return {
    async apply() {
      const { code, stderr, applied } = await lab.apply(folder, [], SECRETS);
      const isDone = applied.results.every(({ outcome }) => outcome === "done");
      expect(code, stderr).toBe(isDone ? 0 : 3);
      return applied.results;
    },
    async plan() {
      const { code, stdout, stderr } = await lab.icaform(["plan", folder, "--format", "json", "--detailed-exitcode"]);
      expect([0, 2], stderr).toContain(code);
      const plan = JSON.parse(stdout) as Plan;
      const { create, rerun, update, abort, wait } = plan.summary;
      expect(code).toBe(create + rerun + update + abort + wait > 0 ? 2 : 0);
      return plan;
    },
  };
}

describe.concurrent("the real command", () => {
  it.each(SINGLES)("%s %o ends: %s", async (name, switches, ending) => {
    const conditions = alone(name, switches, RATE);
    expect(endingsOf(conditions)).toEqual([ending]);
    const { isRotationDue, faults } = conditions;
    const lab = await openLab({
      seed: cohortSeed({ hasOldCredential: isRotationDue, largestPage: switches.maxPageSize }),
      switches: { speed: 0, ...conditions.switches },
      faults,
    });
    try {
      const tool = command(isRotationDue ? trees.rotating : trees.plain, lab);
      const rounds = await live(tool, lab.sim, async () => {
        // A limit that the first commands have met makes the later ones only slower.
        lab.sim.control.set({ rate: Number.POSITIVE_INFINITY });
        lab.sim.control.advance(60);
      });
      expectEnding(rounds, lab.sim, conditions);
      expectMet(conditions, lab.sim, rounds);
    } finally {
      await lab.sim.close();
    }
  });
});

describe.concurrent("a largest page that the client cannot guess", () => {
  it("is told with ICA's words, and limits.pageSize helps", async () => {
    const seed = cohortSeed({ hasOldCredential: false });
    const lab = await openLab({ seed, switches: { speed: 0, maxPageSize: 20, pageSizePolicy: "refuse" } });
    try {
      const refused = await lab.icaform(["plan", trees.plain]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(
        /GET \/api\/projects: 400 .*pageSize must be at most 20.*ICA_API_400, ref\. \w{8}/,
      );
      expect(refused.stderr).toContain("limits.pageSize");
    } finally {
      await lab.sim.close();
    }
  });
});
