/** What must come out of a story under given conditions, and the check that it did. */
import { expect } from "vitest";
import type { RequestLogEntry } from "../../src/simulator/middleware/log.ts";
import type { Simulator } from "../../src/simulator/server.ts";
import { CREDENTIAL, FAIL_WITHOUT_FOLDER, RUNS } from "./cohort.ts";
import { type Round, timesInIca, UNSEEN } from "./story.ts";
import type { Conditions } from "./unknowns.ts";

/**
 * `empty`: the last plan has nothing to do and nothing to say. `refused`: ICA takes no run with such tags. `run failed`:
 * ICA started all and failed some. `rotation due`: the dates do not tell that the secrets are new.
 */
export type Ending = "empty" | "refused" | "run failed" | "rotation due";

/** `icaform.spec` of a run that declares pipeline, input, outputs, storage and tags. */
const LONGEST_TAG = 106;

/** So long apply itself looks for what it has made, in milliseconds. */
const VERIFIED_FOR = 30_000;

export function endingsOf({ switches, isRotationDue }: Conditions): Ending[] {
  const { maxTagLength = Number.POSITIVE_INFINITY, createTargetFolders, updateSecretsMovesTimeModified } = switches;
  const endings: Ending[] = [];
  if (maxTagLength < LONGEST_TAG) endings.push("refused");
  else if (createTargetFolders === false) endings.push("run failed");
  if (isRotationDue && updateSecretsMovesTimeModified === false) endings.push("rotation due");
  return endings.length === 0 ? ["empty"] : endings;
}

/** What the last plan still holds. */
function leftOf(endings: readonly Ending[]): string[] {
  const started = RUNS.filter((run) => run !== JOINT);
  return [
    ...(endings.includes("refused") ? started.map((run) => `create PipelineRun/${run}`).sort() : []),
    ...(endings.includes("rotation due") ? [`update ${CREDENTIAL}`] : []),
    ...(endings.includes("refused") || endings.includes("run failed") ? [`wait PipelineRun/${JOINT}`] : []),
  ];
}

const JOINT = "joint-cohort-7";

/** What the user must have read at the end, one line each; nothing else may have been said. */
function toldOf(endings: readonly Ending[], { switches }: Conditions): RegExp[] {
  const told: RegExp[] = [];
  if (endings.includes("rotation due")) {
    told.push(/^StorageCredential\/lab-s3: .*did not move timeModified.*apply --rotate lab-s3/);
  }
  if (endings.includes("refused")) {
    const why = `400 Tag icaform\\.spec=\\S+ of technicalTags must have at most ${switches.maxTagLength} characters`;
    const help = "; .*shorten the run's name or the tag";
    for (const run of RUNS.filter((name) => name !== JOINT)) {
      told.push(
        new RegExp(
          `^PipelineRun/${run}: POST /api/projects/\\S+/analysis:nextflow: ${why}.*${help} \\(\\S*(runs|bucket)\\.yaml:\\d+\\)$`,
        ),
      );
    }
    told.push(/^PipelineRun\/joint-cohort-7: waits for PipelineRun\/wgs-NA12878/);
  }
  if (endings.includes("run failed")) {
    for (const run of FAIL_WITHOUT_FOLDER) {
      told.push(
        new RegExp(
          `^warning: PipelineRun/${run}: attempt 1 ended FAILED .*The target folder /cohort-7/vcf/\\S+ does not exist`,
        ),
      );
    }
    told.push(/^PipelineRun\/joint-cohort-7: blocked: PipelineRun\/wgs-NA12879 ended FAILED; it must succeed first$/);
  }
  return told;
}

export function expectEnding(rounds: readonly Round[], sim: Simulator, conditions: Conditions): void {
  const endings = endingsOf(conditions);
  const isRefused = endings.includes("refused");
  const isFailed = endings.includes("run failed");
  const last = rounds.at(-1);
  expect(last?.left, last?.told.join("\n")).toEqual(leftOf(endings));
  const patterns = toldOf(endings, conditions);
  for (const pattern of patterns) expect(last?.told.join("\n")).toMatch(new RegExp(pattern.source, "m"));
  expect(last?.told.filter((text) => !isAside(text) && !patterns.some((pattern) => pattern.test(text)))).toEqual([]);

  const times = (run: string) => (isRefused || (isFailed && run === JOINT) ? 0 : 1);
  expect(timesInIca(sim, RUNS)).toEqual(Object.fromEntries(RUNS.map((run) => [run, times(run)])));
  expect(sim.credentials().filter(({ ownerId }) => ownerId === sim.users[0]?.id)).toHaveLength(1);
  for (const round of rounds.slice(0, -1)) expectExplained(round, endings, conditions);
}

/** That the answer to the unknown has been met at all; else its test would prove nothing. */
export function expectMet({ switches, faults }: Conditions, sim: Simulator, rounds: readonly Round[]): void {
  const count = (matches: (request: RequestLogEntry) => boolean) => sim.requests.filter(matches).length;
  const { rate, pageSizePolicy, maxPageSize = 1000, jwtLifetime = 3600, listingLag = 0 } = switches;
  if (rate !== undefined) expect(count(({ status }) => status === 429)).toBeGreaterThan(0);
  if (faults.length > 0) expect(count(({ delivered }) => !delivered)).toBeGreaterThan(0);
  if (pageSizePolicy === "refuse") expect(count(({ status }) => status === 400)).toBeGreaterThan(0);
  if (maxPageSize <= 50) expect(count(({ query }) => query.includes("pageToken="))).toBeGreaterThan(0);
  // Every command asks for a token of its own; each round is two commands.
  const tokens = count(({ path, status }) => path === "/api/tokens" && status === 200);
  if (jwtLifetime <= 5) expect(tokens).toBeGreaterThan(2 * rounds.length);
  else expect(tokens).toBeLessThanOrEqual(3 * rounds.length);
  const isUnseen = rounds.some(({ told }) => told.some((text) => text.includes(UNSEEN)));
  expect(isUnseen).toBe(listingLag > VERIFIED_FOR);
}

/** On the way to the end: what is left waits for runs that have not ended, or ICA does not list it yet. */
function expectExplained(round: Round, endings: readonly Ending[], { switches }: Conditions): void {
  expect(round.results.filter(({ outcome }) => outcome !== "done")).toEqual([]);
  for (const action of round.left) {
    const [verb = "", address = ""] = action.split(" ");
    const said = round.told.filter((text) => text.startsWith(`${address}: `)).join("\n");
    if (verb === "wait")
      expect(said).toMatch(/: waits for PipelineRun\/wgs-\S+( \(REQUESTED\)|, which is not started yet)/);
    else if (verb === "update") expect(endings, said).toContain("rotation due");
    else {
      expect(said, action).toContain(UNSEEN);
      expect(switches.listingLag ?? 0).toBeGreaterThan(VERIFIED_FOR);
    }
  }
}

/** Said of what ended well after all: what went wrong on the way, and that ICA was slow to list it. */
function isAside(text: string): boolean {
  return /: (it was there already|settled by reading|ICA accepted it, but)[^;]*$/.test(text);
}
