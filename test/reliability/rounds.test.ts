/** Killed, cut off, run twice: every declared run is there once. The rounds of docs/reliability.md. */
import { expect, it } from "vitest";
import { type Played, play } from "./play.ts";

declare module "vitest" {
  interface TaskMeta {
    /** For the table that `npm run reliability` writes. */
    played?: Played[];
  }
}

/** Another one with ICAFORM_SEED; a failure names its own. */
const SEED = Number(process.env.ICAFORM_SEED ?? 1);
/** More rounds of those that throw dice. */
const SCALE = Number(process.env.ICAFORM_SCALE ?? 1);

const LONGEST_MS = 3_600_000;

it("200 rounds of kills and applies at once leave each declared run exactly once", {
  timeout: LONGEST_MS,
  retry: 0,
}, async ({ task }) => {
  const played = await play(SEED, SCALE);
  task.meta.played = played;
  const broken = played.filter(({ duplicates, missing, problems }) => duplicates + missing + problems.length > 0);
  expect(broken, `ICAFORM_SEED=${SEED}`).toEqual([]);
  expect(played.reduce((sum, { rounds }) => sum + rounds, 0)).toBeGreaterThanOrEqual(200);
});
