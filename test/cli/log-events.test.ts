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

/** Every line of stderr is one JSON object. */
function eventsOf(stderr: string): Record<string, unknown>[] {
  return stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function expectDocumented(event: Record<string, unknown>): void {
  const { level, fields } = documented.get(String(event.event)) ?? { level: "", fields: [] };
  expect(level.split(" or "), String(event.event)).toContain(event.level);
  expect([...COMMON, ...fields]).toEqual(expect.arrayContaining(Object.keys(event)));
}

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
    const events = eventsOf(ran.stderr);
    for (const event of events) expectDocumented(event);
    const seen = new Set(events.map(({ event }) => event));
    for (const event of ["request", "request.retry", "pause", "token", "calls"]) expect(seen).toContain(event);
  });

  it.each<[what: string, args: string[], event: Record<string, unknown>]>([
    ["a mistake", ["validate", "bad"], { event: "diagnostic", severity: "error", code: "unknown-key", line: 10 }],
    ["a warning", ["validate", "odd"], { event: "diagnostic", level: "warn", severity: "warning" }],
    ["a mistake of a plan", ["plan", "bad"], { event: "diagnostic", file: expect.stringContaining("t.yaml") }],
    [
      "no terminal",
      ["apply", "good"],
      { event: "refused", message: expect.stringContaining("no terminal"), lines: [] },
    ],
    ["policy", ["plan", "strict"], { event: "refused", lines: [expect.stringContaining("maxCreates")] }],
    ["a wrong value", ["plan", "good", "--format", "jsn"], { event: "error", help: "did you mean `json`?" }],
    [
      "an unknown option",
      ["plan", "--tagret", "x"],
      { event: "error", message: expect.stringMatching(/^unknown option/) },
    ],
    ["no command", [], { event: "error", message: "no command is given" }],
    ["other files", ["validate", "good"], { event: "passed-over", files: [expect.stringContaining("other.yaml")] }],
  ])("tell %s as well, and nothing as text", async (_what, args, event) => {
    const ica = await lab();
    const policy = "policy: { maxCreates: 0 }";
    const folder = treeOf({
      "good/t.yaml": stack() + run("r"),
      "good/other.yaml": "a: 1\n",
      "bad/t.yaml": `${stack()}${run("r", "colour: red")}`,
      "odd/t.yaml": stack() + run("r", "input: { custom: { values: { a: { env: X } } } }"),
      "strict/t.yaml": stack(policy) + run("r"),
    });
    const { stderr } = await ica.icaform([...args, "--log-format", "json"], { cwd: folder });
    const events = eventsOf(stderr);
    expect(events).toEqual(expect.arrayContaining([expect.objectContaining(event)]));
    for (const one of events) expectDocumented(one);
  });

  it("tell what ICA refuses; annotations for GitHub stay as GitHub reads them", async () => {
    const ica = await lab();
    const folder = treeOf({ "good/t.yaml": stack() + run("r"), "bad/t.yaml": stack() + run("r", "colour: red") });
    const options = { cwd: folder, env: { ICA_API_KEY: "wrong-key", GITHUB_ACTIONS: "true" } };
    const denied = await ica.icaform(["plan", "good", "--log-format", "json"], options);
    const [told = "", ...rest] = denied.stderr.split("\n");
    expect(told).toMatch(/^::error title=icaform%3A ica::.*401/);
    expect(eventsOf(rest.join("\n"))).toEqual([
      expect.objectContaining({ event: "error", message: expect.stringContaining("401"), help: expect.any(String) }),
    ]);
    const { stderr } = await ica.icaform(["plan", "bad", "--log-format", "json"], options);
    const [annotation = "", ...lines] = stderr.trimEnd().split("\n");
    expect(annotation).toMatch(/^::error file=/);
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["diagnostic"]);
  });
});
