import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNTOLD } from "../../src/core/decision.ts";
import { howToApply, type Invocation, shellQuoted } from "../../src/render/how-to-apply.ts";
import { planHtml } from "../../src/render/html.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { change, DIGEST, planOf } from "./samples.ts";

/** The arguments that a shell hands on. */
function argumentsIn(command: string): string[] {
  const program = `icaform() { for one; do printf '%s\\0' "$one"; done; }; ${command}`;
  return execFileSync("sh", ["-c", program], { encoding: "utf8" }).split("\0").slice(0, -1);
}

const plain: Invocation = { paths: [], prune: false, targets: [], var: [], varFile: [] };
const plan = planOf([change()]);
const commandOf = (more: Partial<Invocation> = {}) => howToApply(plan, [], { ...plain, ...more })?.command ?? "";

function rerunFor(reason: string, name = "a") {
  return change({ address: `PipelineRun/${name}`, action: "rerun", rerunReason: reason });
}

describe("the command that does exactly a plan", () => {
  it("is the digest alone where nothing was given", () => {
    expect(commandOf()).toBe(`icaform apply --expect ${DIGEST}`);
    expect(planMarkdown(plan)).toContain(`\n\`\`\`sh\nicaform apply --expect ${DIGEST}\n\`\`\`\n`);
  });

  it("has all that the plan was made with, the digest first", () => {
    const given = {
      paths: ["my manifests", "-odd.yaml"],
      prune: true,
      targets: ["PipelineRun/a"],
      var: ["batch=7 8"],
      varFile: ["vars.yaml"],
      server: "https://ica.illumina.com/ica/rest",
    };
    const command =
      `icaform apply --expect ${DIGEST} 'my manifests' ./-odd.yaml --prune --target PipelineRun/a --var 'batch=7 8' ` +
      "--var-file vars.yaml --server https://ica.illumina.com/ica/rest";
    expect(commandOf(given)).toBe(command);
    expect(planMarkdown(plan, [], { invocation: given })).toContain(`\n${command}\n`);
    expect(planHtml(plan, [], given)).toContain("--target PipelineRun/a --var &#39;batch=7 8&#39;");
  });

  it("names what is run once more, and why in the very same words", () => {
    const reason = 'it\'s 50% "full"; rm -rf $HOME `x` \\';
    const command = howToApply(planOf([rerunFor(reason), rerunFor(reason, "b")]), [])?.command ?? "";
    expect(command).toContain("--rerun a --rerun b --reason 'it'\\''s 50%");
    expect(argumentsIn(command).slice(3)).toEqual(["--rerun", "a", "--rerun", "b", "--reason", reason]);
    const untold = howToApply(planOf([rerunFor(UNTOLD)]), [])?.command ?? "";
    expect(argumentsIn(untold).slice(3)).toEqual(["--rerun", "a"]);
    const broken = howToApply(planOf([rerunFor("two\nlines\u001b[31m")]), [])?.command ?? "";
    expect(argumentsIn(broken).at(-1)).toBe("two lines");
  });

  it("reaches the program as it was given", () => {
    const odd = fc.string({
      unit: fc.constantFrom(..."ab =~*?$`'\"\\;&|<>(){}[]!#%^éß-"),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 8 }), (given) => {
        expect(argumentsIn(`icaform ${given.map(shellQuoted).join(" ")}`)).toEqual(given);
      }),
      { numRuns: 40 },
    );
    expect(shellQuoted("")).toBe("''");
  });

  it("gives way to a saved plan where it is too long for a comment", () => {
    const many = planOf(Array.from({ length: 480 }, (_, index) => rerunFor("disk full", `sample-${index}`)));
    const text = planMarkdown(many, [], { limit: 5_000 });
    expect(text.length).toBeLessThanOrEqual(5_000);
    expect(text).not.toContain("--rerun");
    expect(text).toContain(
      "too long for a comment: save it with `icaform plan … --out plan.json`, then `icaform apply plan.json`.",
    );
    expect(planHtml(many)).toContain("--rerun sample-479");
  });

  it("gives way too where it would show a secret, or would have to be altered", () => {
    const secret = howToApply(plan, [], { ...plain, var: ["lab_token=hunter2"], server: "https://ica.illumina.com" });
    expect(secret?.command).toBe(undefined);
    expect(secret?.words).toMatch(/looks like a secret: .* with the same `--var`, `--server`\.$/);
    expect(
      planMarkdown(plan, [], { invocation: { ...plain, var: ["x=https://b/f?X-Amz-Signature=s1gned"] } }),
    ).not.toContain("s1gned");
    expect(howToApply(plan, [], { ...plain, paths: ["two\nlines"] })?.command).toBe(undefined);
  });

  it("says of a plan that only waits that nothing can be started yet", () => {
    const waiting = planOf([change({ action: "wait", reason: "waits for PipelineRun/b" })]);
    const text = planMarkdown(waiting);
    expect(text).toContain("Nothing can be started yet: apply again later, or `apply --wait`.");
    expect(text).toContain(`icaform apply --expect ${DIGEST}\n`);
    expect(text).not.toContain("0 calls");
    expect(planHtml(waiting)).toContain("or <code>apply --wait</code>.");
  });
});
