/** How many calls and seconds a plan reckons with, and what the seconds rest on. */
import { expect, it } from "vitest";
import { planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const RUNS = Array.from({ length: 60 }, (_, index) => run(`r${index}`)).join("");

it.each([
  ["nothing is known: as fast as an apply begins", "", undefined, 20, "assumed"],
  ["the stack declares a limit", "limits: { requestsPerSecond: 5 }", undefined, 5, "declared"],
  ["a limit was met while planning", "", 12.34, 12.3, "found"],
  ["the server has less to give than is declared", "limits: { requestsPerSecond: 50 }", 8, 8, "found"],
  ["the server has more to give than is declared", "limits: { requestsPerSecond: 5 }", 8, 5, "declared"],
])("%s", async (_, limits, found, requestsPerSecond, basis) => {
  const ica = await lab();
  const { requests } = await planTree(treeOf({ "t.yaml": stack(limits) + RUNS }), ica.sim, { foundRate: () => found });
  // A create for each run, and a listing that verifies them.
  expect(requests).toEqual({ estimated: 61, seconds: Math.ceil(61 / requestsPerSecond), requestsPerSecond, basis });
});
