import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Script } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/plan.ts";
import { planHtml } from "../../src/render/html.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { change, cohortRun, HOSTILE, MANY, planOf, SAMPLES } from "./samples.ts";

const PAGES = Object.entries(SAMPLES).map(([name, { plan, refusals }]): [string, string] => [
  name,
  planHtml(plan, refusals),
]);

function between(page: string, tag: string): string[] {
  return [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, "g"))].map(([, text = ""]) => text);
}

/** Everything that a browser reads as a tag, in order; quoted attributes hold no raw quote, so that this is exact. */
function tagsOf(page: string): string[] {
  return page.match(/<[a-z!/](?:"[^"]*"|[^>"])*>/gi) ?? [];
}

describe.each(PAGES)("the page of %s", (_name, page) => {
  it("runs only the script and the style that stand in it", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const scripts = between(page, "script");
    const directives = [
      "default-src 'none'",
      ...scripts.map((text) => `script-src ${hash(text)}`),
      ...between(page, "style").map((text) => `style-src ${hash(text)}`),
      "base-uri 'none'",
      "form-action 'none'",
    ];
    expect(policy.split("; ")).toEqual(directives);
    for (const script of scripts) expect(() => new Script(script)).not.toThrow();
    expect(tagsOf(page).filter((tag) => /^<script/i.test(tag)).length).toBe(scripts.length);
  });

  it("asks nothing of any network", () => {
    const tags = tagsOf(page).join("\n");
    expect(tags).not.toMatch(/\ssrc=|\shref="[^#]|\son\w+=|\sstyle=|<(link|img|iframe|object|base|form)\b/i);
    expect(between(page, "style").join()).not.toMatch(/url\(|@import/);
    expect(between(page, "script").join()).not.toMatch(/fetch|XMLHttp|import\(|innerHTML|eval|document\.write/);
  });

  it("is well nested, with one heading of the first level and ids that are there once", () => {
    const open: string[] = [];
    const clean = page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, "");
    for (const tag of tagsOf(clean)) {
      const [, slash, name = ""] = /^<(\/?)([a-z0-9]+)/i.exec(tag) ?? [];
      if (/^(meta|br|wbr|input|rect|path)$/.test(name) || name === "" || tag.startsWith("<!")) continue;
      if (slash === "/") expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    expect(tagsOf(clean).filter((tag) => tag === "<h1>").length).toBe(1);
    const ids = [...clean.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of clean.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)) expect(ids).toContain(id);
  });
});

describe("a plan as a page", () => {
  it("has the same structure, whatever its names and values are", () => {
    const made = (text: string) =>
      planHtml(
        planOf(
          [
            change({
              address: `PipelineRun/${text}x`,
              reason: text,
              pipeline: text,
              endpoint: "e",
              dependsOn: ["PipelineRun/u"],
            }),
            change({ address: "PipelineRun/u", project: text, reference: text }),
          ],
          [{ severity: "warning", code: "x", message: text, help: text, file: text, line: 1, column: 1 }],
        ),
        [text],
      );
    const plain = tagsOf(made("x"));
    const part = fc.constantFrom(...HOSTILE.split(" "), ..."<>\"'&`=/ ");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        expect(tagsOf(made(`x${parts.join("")}`))).toEqual(plain);
      }),
    );
  });

  it("draws what waits for what, also when it goes in a circle", () => {
    const names = (count: number, up: (index: number) => number[]): Change[] =>
      Array.from({ length: count }, (_, index) =>
        change({ address: `PipelineRun/r${index}`, dependsOn: up(index).map((other) => `PipelineRun/r${other}`) }),
      );
    const chain = planHtml(planOf(names(3, (index) => (index === 0 ? [] : [index - 1]))));
    expect(chain.match(/<path /g)?.length).toBe(2);
    expect(chain).toContain("Dependencies of 3 runs");
    const lefts = [...chain.matchAll(/<rect x="(\d+)"/g)].map(([, x]) => Number(x));
    expect(lefts).toEqual([...lefts].sort((before, after) => before - after));
    expect(new Set(lefts).size).toBe(3);
    expect(planHtml(planOf(names(3, (index) => [(index + 1) % 3])))).toContain("<svg");
    const cohort = planHtml(planOf(names(400, (index) => (index === 0 ? [] : [0]))));
    expect(cohort).toContain("399 × r1 …");
    expect(cohort.match(/<path /g)?.length).toBe(1);
    expect(planHtml(planOf(names(400, (index) => (index === 0 ? [] : [index - 1]))))).toContain("too many to draw");
    expect(planHtml(planOf([cohortRun(1)]))).not.toContain("<svg");
  });

  it("shows all of 5,000 changes in a few megabytes", () => {
    const page = planHtml(MANY.plan);
    expect(page.match(/<details class="card change /g)?.length).toBe(5000);
    expect(page.length).toBeLessThan(12_000_000);
  });

  it("labels what can be operated", () => {
    const page = planHtml(SAMPLES["96-alike"]?.plan ?? planOf([change()]));
    for (const [input] of page.matchAll(/<input[^>]*>/g)) {
      expect(input.includes("aria-label=") || page.includes(`">${input} `), input).toBe(true);
    }
    expect(page).toContain('role="status"');
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).toContain("@media print");
  });

  it("says of a folded group in what its members differ", () => {
    const page = planHtml(SAMPLES["96-alike"]?.plan ?? planOf([change()]));
    const [, why] =
      /<details class="card group create".*?<span class="why">([^<]*)<\/span><\/summary>/s.exec(page) ?? [];
    expect(why).toMatch(/; they differ in fastqs, sample_id$/);
  });

  it("says of a plan that only waits that nothing can be started yet", () => {
    const waiting = change({ action: "wait", reason: "waits for PipelineRun/x (IN_PROGRESS)" });
    for (const text of [planHtml(planOf([waiting])), planMarkdown(planOf([waiting]))]) {
      expect(text).toContain("Nothing can be started yet");
      expect(text).not.toContain("To do exactly this");
    }
    const both = planHtml(planOf([{ ...waiting, address: "PipelineRun/a" }, change()]));
    expect(both).toContain("To do exactly this");
    expect(both).not.toContain("Nothing can be started yet");
  });

  it("has a search from five changes on, and paths that break between their keys", () => {
    const runs = (count: number) => planHtml(planOf(Array.from({ length: count }, (_, index) => cohortRun(index))));
    expect(tagsOf(runs(4)).join()).not.toMatch(/<input|<button|id="(tools|none)"/);
    expect(tagsOf(runs(5)).join()).toMatch(/<input type="search"/);
    expect(runs(1)).toContain("<code>input.<wbr>form.<wbr>parameters.<wbr>sample_id</code>");
  });

  it("keeps a key that holds a colon whole, also in what is the same in all", () => {
    const after = { "a: b": "c", "a: b: c": "d" };
    const runs = ["r", "s", "t", "u"].map((name) =>
      change({ address: `PipelineRun/${name}`, fields: [{ path: "input", after, sensitive: false }] }),
    );
    const page = planHtml(planOf(runs));
    expect(page).toContain("<code>input.<wbr>a: b</code></th><td><code>c</code>");
    expect(page).toContain("<code>input.<wbr>a: b: c</code></th><td><code>d</code>");
  });

  it("is loaded only when it is asked for", () => {
    const source = resolve(import.meta.dirname, "../../src");
    const reached = new Set<string>();
    const follow = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type ).*? from "(\.[^"]+)";$/gms);
      for (const [, specifier = ""] of imports) follow(join(dirname(file), specifier));
    };
    follow(join(source, "cli/main.ts"));
    for (const command of ["plan", "apply", "status"]) follow(join(source, `cli/commands/${command}.ts`));
    const names = [...reached].map((file) => relative(source, file));
    expect(names).toContain("render/plan-text.ts");
    expect(names.filter((name) => /^render\/(html|markdown)/.test(name))).toEqual([]);
  });
});
