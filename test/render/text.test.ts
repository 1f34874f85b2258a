import { describe, expect, it } from "vitest";
import type { Change, Effect, Plan } from "../../src/core/plan.ts";
import { summarize } from "../../src/core/plan.ts";
import { bytesText, durationText, shortDuration } from "../../src/render/amounts.ts";
import { applySummaryText, resultText } from "../../src/render/apply-text.ts";
import { diagnosticText } from "../../src/render/diagnostics.ts";
import { effectText } from "../../src/render/effect.ts";
import { planJson } from "../../src/render/plan-json.ts";
import { planText, summaryLine } from "../../src/render/plan-text.ts";
import { safe } from "../../src/render/safe.ts";
import { leavesOf } from "../../src/render/value.ts";

function effect(
  action: Effect["action"],
  type: Effect["type"],
  files: number,
  bytes: number | null = 1_234_000_000,
): Effect {
  return { target: "/x", project: "p", type, action, files, bytes };
}

function change(more: Partial<Change>): Change {
  return {
    address: "PipelineRun/a",
    action: "create",
    reason: "not in ICA",
    fields: [],
    patch: [],
    effects: [],
    ...more,
  };
}

function plan(changes: Change[], more: Partial<Plan> = {}): Plan {
  return {
    formatVersion: "1.0",
    stack: "s",
    server: "https://ica.illumina.com/ica/rest",
    digest: "sha256:00",
    summary: summarize(changes),
    changes,
    requests: { estimated: 0, seconds: 0, requestsPerSecond: 20, basis: "assumed" },
    diagnostics: [],
    ...more,
  };
}

describe("what a mapping will do", () => {
  it.each([
    [effect("OVERWRITE", "FILE", 1), "1 file (1.2 GB) will be overwritten"],
    [effect("OVERWRITE", "FOLDER", 3), "3 files (1.2 GB) will be overwritten where names are the same"],
    [effect("RENAME", "FILE", 1), "1 file (1.2 GB) kept, new ones renamed beside"],
    [effect("SKIP", "FOLDER", 6001, null), "6001 files kept, new ones dropped where names are the same"],
    [effect("OVERWRITE", "FILE", 0), "nothing is there yet"],
  ])("reads as a person would say it", (given, text) => {
    expect(effectText(given)).toBe(text);
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [999_960, "1 MB"],
    [1_250_000, "1.3 MB"],
    [48e9, "48 GB"],
    [123_456_789, "123 MB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});

describe("a time", () => {
  it.each([
    [1, "1 second", "1 s"],
    [45.2, "46 seconds", "46 s"],
    [119, "119 seconds", "119 s"],
    [600, "10 minutes", "10 min"],
    [7_169, "119 minutes", "119 min"],
    [7_200, "2 hours", "2 h"],
    [12_000, "3 hours 20 minutes", "3 h 20 min"],
    [12_660, "3 hours 31 minutes", "3 h 31 min"],
    [7_260, "2 hours 1 minute", "2 h 1 min"],
  ])("of %d seconds is %s", (seconds, text, short) => {
    expect([durationText(seconds), shortDuration(seconds)]).toEqual([text, short]);
  });

  it("is told in hours by a plan that takes so long", () => {
    const requests = { estimated: 120_000, seconds: 12_000, requestsPerSecond: 10, basis: "found" } as const;
    expect(planText(plan([change({})], { requests }))).toContain(
      "about 120000 calls, 3 hours 20 minutes at the found 10/s",
    );
  });
});

describe("text from elsewhere", () => {
  it("cannot steer the terminal, forge lines or hide behind directions", () => {
    expect(safe("a\u001b[2Jb\u001b]0;title\u0007c\nd\u202Ee\u0000f\u009bg")).toBe("abc def");
  });

  it("is safe in every place of a plan", () => {
    const evil = "\u001b[31mX\nPlan: 0 to create.";
    const text = planText(
      plan(
        [
          change({
            address: `PipelineRun/${evil}`,
            reason: evil,
            project: evil,
            reference: evil,
            pipeline: evil,
            endpoint: "analysis:nextflow",
            storage: evil,
            fields: [{ path: "input", after: { [evil]: evil }, sensitive: false }],
            effects: [{ ...effect("SKIP", "FILE", 1), target: evil, project: evil }],
          }),
        ],
        {
          stack: evil,
          diagnostics: [{ severity: "warning", code: "x", message: evil, help: evil, file: evil, line: 1, column: 1 }],
        },
      ),
      [evil],
    );
    expect(text).not.toContain("\u001b");
    expect(text.split("\n").filter((line) => line.startsWith("Plan: "))).toEqual(["Plan: 1 to create."]);
  });
});

describe("a plan's text", () => {
  it("ends with the one line that counts", () => {
    const changes = [
      change({}),
      change({ action: "rerun" }),
      change({ action: "wait" }),
      change({ action: "orphan" }),
      change({ action: "no-op" }),
    ];
    expect(summaryLine(plan(changes))).toBe("Plan: 1 to create, 1 to rerun, 1 waiting, 1 orphan, 1 unchanged.");
    expect(summaryLine(plan([change({ action: "no-op" })]))).toBe("Plan: nothing to do (1 unchanged).");
    expect(summaryLine(plan([]))).toBe("Plan: nothing to do.");
  });

  it("says so when ICA does not tell what a field was before", () => {
    const rerun = change({
      action: "rerun",
      fields: [{ path: "input", after: { custom: { text: "{}" } }, sensitive: false }],
    });
    expect(planText(plan([rerun]))).toContain(
      "input: changed; ICA does not tell what it was, it is now\n      input.custom.text: {}",
    );
  });

  it("shows at most a dozen values of a change and says how many more there are", () => {
    const after = { parameters: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, "v"])) };
    const text = planText(plan([change({ fields: [{ path: "input", after, sensitive: false }] })]));
    expect(text).toContain("    … and 8 more");
  });

  it("never shows more of a secret than where it comes from", () => {
    expect(leavesOf("token", { env: "LAB_TOKEN" })).toEqual([{ path: "token", text: "{ env: LAB_TOKEN }" }]);
  });
});

describe("a plan's JSON", () => {
  it("carries what policy refuses among its diagnostics, and no frames", () => {
    const warning = { severity: "warning", code: "w", message: "m", frame: "> 1 | secret" } as const;
    const document = JSON.parse(planJson(plan([], { diagnostics: [warning] }), ["policy.maxCreates: too many"]));
    expect(document.diagnostics).toEqual([
      { severity: "warning", code: "w", message: "m" },
      { severity: "error", code: "policy", message: "policy.maxCreates: too many" },
    ]);
  });
});

describe("diagnostics", () => {
  it("start with file, line and column", () => {
    const at = { file: "a.yaml", line: 3, column: 5, frame: "> 3 |   x: 1" };
    expect(
      diagnosticText({ severity: "error", code: "unknown-key", message: "no key x", help: "did you mean y?", ...at }),
    ).toBe("a.yaml:3:5: error: no key x [unknown-key]\n  > 3 |   x: 1\n  help: did you mean y?");
  });
});

describe("a diagnostic's file", () => {
  it("cannot begin a line as a command to GitHub's runner", () => {
    const text = diagnosticText({
      severity: "error",
      code: "x",
      message: "m",
      file: "::stop-commands::x",
      line: 1,
      column: 1,
    });
    expect(text).toBe("./::stop-commands::x:1:1: error: m [x]");
  });
});

describe("an apply's text", () => {
  it("tells each outcome, and how to go on when something is left", () => {
    expect(resultText({ address: "PipelineRun/a", action: "create", outcome: "failed", error: "POST x: 400 no" })).toBe(
      "failed  PipelineRun/a (create)\n        POST x: 400 no",
    );
    const done = { action: "create", outcome: "done" } as const;
    const failed = { action: "create", outcome: "failed" } as const;
    expect(applySummaryText({ done: 2, failed: 1, skipped: 0, unknown: 0 }, [done, failed, done])).toBe(
      "Apply: 2 done, 1 failed.\nApply again to do what is left; what is done is not done twice.",
    );
    expect(applySummaryText({ done: 2, failed: 0, skipped: 0, unknown: 0 }, [done, done])).toBe("Apply: 2 done.");
  });

  it("does not ask for another apply where all that is left failed in ICA, or is blocked by what did", () => {
    const failed = { action: "create", outcome: "failed", status: "FAILED" } as const;
    const blocked = { action: "wait", outcome: "skipped" } as const;
    const summary = { done: 0, failed: 1, skipped: 1, unknown: 0 };
    expect(applySummaryText(summary, [failed, blocked])).toBe("Apply: 0 done, 1 failed, 1 skipped.");
    const running = { action: "create", outcome: "unknown", status: "IN_PROGRESS" } as const;
    expect(applySummaryText({ ...summary, unknown: 1 }, [failed, blocked, running])).toContain("Apply again");
  });
});
