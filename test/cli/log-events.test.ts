/** `--log-format json` is for programs: names and fields are those that `docs/log-events.md` promises. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOG_EVENTS } from "../../src/cli/log.ts";
import { ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const COMMON = ["time", "level", "event", "message"];

/** Event → its level and fields. */
const documented = new Map(
  readFileSync(join(ROOT, "docs/log-events.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, event = "", level = "", , fields = ""] = line.split("|").map((cell) => cell.trim());
      const names = [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      return [event.replaceAll("`", ""), { level, fields: names }] as const;
    }),
);

describe("log events", () => {
  it("are all documented, and nothing else is", () => {
    expect([...documented.keys()].sort()).toEqual([...LOG_EVENTS].sort());
  });

  it("have the documented level and fields, one JSON object a line", async () => {
    const ica = await lab({ switches: { rate: 5, burst: 5 } });
    const folder = treeOf({ "t.yaml": stack() + Array.from({ length: 14 }, (_, index) => run(`r${index}`)).join("") });
    const options = ["--auto-approve", "--format", "json", "--log-format", "json", "--log-level", "debug"];
    const ran = await ica.icaform(["apply", folder, ...options]);
    expect(ran.code).toBe(0);
    const events = ran.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const event of events) {
      const { level, fields } = documented.get(String(event.event)) ?? { level: "", fields: [] };
      expect(event.level, String(event.event)).toBe(level);
      expect([...COMMON, ...fields]).toEqual(expect.arrayContaining(Object.keys(event)));
    }
    const seen = new Set(events.map(({ event }) => event));
    for (const event of ["request", "request.retry", "pause", "token", "calls"]) expect(seen).toContain(event);
  });
});
