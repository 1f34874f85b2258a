/** That docs/reliability.md speaks of the code as it is; `npm run reliability` tries the edits out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";
import { LAYERS, without } from "./layers.ts";

const DOCUMENT = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");
const TESTS = readFileSync(join(ROOT, "test/engine/layers.test.ts"), "utf8");

describe("docs/reliability.md", () => {
  it.each(LAYERS)("names the layer “$name”, its file, and tests that there are", (layer) => {
    expect(() => without(layer)).not.toThrow();
    const row = DOCUMENT.split("\n").find((line) => line.startsWith(`| ${layer.name} `)) ?? "";
    expect(row).toContain(`\`${layer.file}\``);
    const tests = row.split("|")[3]?.trim().split("<br>") ?? [];
    expect(tests.length).toBeGreaterThan(0);
    for (const test of tests) if (!/^and \d+ more$/.test(test)) expect(TESTS).toContain(`it("${test}"`);
  });

  it("tells of 200 rounds and more, of which none left a duplicate or lost a run", () => {
    const total = /\| \*\*all\*\* +\| (\d+) +\| (\d+) +\| (\d+) +\|/.exec(DOCUMENT.replaceAll(/ +/g, " "));
    expect(Number(total?.[1])).toBeGreaterThanOrEqual(200);
    expect([total?.[2], total?.[3]]).toEqual(["0", "0"]);
  });
});
