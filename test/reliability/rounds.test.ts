/** Killed, cut off, run twice: every declared run is there once. The rounds of docs/reliability.md. */
import { expect, it } from "vitest";
import { play } from "./play.ts";

/** Another one with ICAFORM_SEED; a failure names its own. */
const SEED = Number(process.env.ICAFORM_SEED ?? 1);

it("200 rounds of kills and applies at once leave each declared run exactly once", {
  timeout: 600_000,
  retry: 0,
}, async () => {
  const played = await play(SEED);
  const broken = played.filter(({ duplicates, missing, problems }) => duplicates + missing + problems.length > 0);
  expect(broken, `ICAFORM_SEED=${SEED}`).toEqual([]);
  expect(played.reduce((sum, { rounds }) => sum + rounds, 0)).toBeGreaterThanOrEqual(200);
});
