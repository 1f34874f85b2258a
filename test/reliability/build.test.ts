import { expect, it } from "vitest";
import { bundle } from "../../src/build/bundle.ts";
import { icaform } from "../support/cli.ts";

it("commands that start while the command is being built run the old one or the new one, whole", async () => {
  let isBuilt = false;
  const building = (async () => {
    for (let times = 0; times < 3; times++) await bundle();
    isBuilt = true;
  })();
  let started = 0;
  while (!isBuilt) {
    const all = await Promise.all([icaform(["validate", "examples/quickstart"]), icaform(["simulate", "--help"])]);
    for (const { code, stderr } of all) expect([code, stderr]).toEqual([0, ""]);
    started += all.length;
  }
  await building;
  expect(started).toBeGreaterThan(0);
});
