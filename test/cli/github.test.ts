import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { annotateFault, annotationLine } from "../../src/cli/github.ts";
import type { Io } from "../../src/cli/io.ts";
import { ApiError, NetworkError, UsageError } from "../../src/core/errors.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import { PLAIN } from "../../src/render/style.ts";
import { lab, treeOf } from "../support/beside.ts";
import { icaform } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";

/** What could end an annotation, begin another command, or close a delimited value of `$GITHUB_OUTPUT`. */
const HOSTILE =
  "a%0A::error::x\n::stop-commands::y\r\ndigest<<EOF\nsha256:0\nEOF\nchanges=true\u2028::set-env name=P::q";

const ACTIONS = { GITHUB_ACTIONS: "true" };

function annotationsOf(fault: unknown, secret = ""): string {
  const secrets = knownSecrets();
  secrets.add(secret);
  let told = "";
  const err = (text: string) => {
    told += secrets.hide(text);
  };
  const io: Io = {
    out: err,
    err,
    outStyle: PLAIN,
    errStyle: PLAIN,
    errFormat: "text",
    hasResult: () => false,
    isInteractive: false,
    isErrTerminal: false,
    secrets,
  };
  annotateFault(fault, io, ACTIONS);
  return told;
}

describe("an annotation", () => {
  it("is one line whatever it says, and cannot become another command", () => {
    const text = "50% a,b: c\n::stop-commands::x\r\n";
    const line = annotationLine(
      { severity: "warning", code: "odd", message: text, help: text, file: "a,b:%.yaml", line: 3, column: 5 },
      {},
    );
    expect(line).toBe(
      "::warning file=a%2Cb%3A%25.yaml,line=3,col=5,title=icaform%3A odd::" +
        "50%25 a,b: c ::stop-commands::x %0Ahelp: 50%25 a,b: c ::stop-commands::x \n",
    );
  });

  it("stays one line and one file for a file and a message that try everything", () => {
    const line = annotationLine({ severity: "error", code: "odd", message: HOSTILE, help: HOSTILE, file: HOSTILE }, {});
    expect(line.match(/[\r\n\u2028\u2029]/g)).toHaveLength(1);
    const [, properties = ""] = /^::error (.*?)::/.exec(line) ?? [];
    expect(properties.split(",").map((one) => one.split("=")[0])).toEqual(["file", "title"]);
    expect(properties).not.toContain(":");
    expect(line).not.toContain("%0A::");
  });

  it.each([
    [new UsageError("--x is wrong", "say --y"), "::error title=icaform%3A usage::--x is wrong%0Ahelp: say --y\n"],
    [
      new ApiError({ method: "GET", path: "/api/projects" }, { status: 403, title: "no\n::error::x" }),
      /^::error title=icaform%3A ica::GET \/api\/projects: 403 no ::error::x%0Ahelp: the key's user has no access.*\n$/,
    ],
    [
      new NetworkError({ method: "GET", path: "/api/projects" }, "refused", false),
      /^::error title=icaform%3A ica::.*refused%0Ahelp: check the network, and the server's address\n$/,
    ],
    [new TypeError("x is undefined"), "::error title=icaform%3A crash::icaform itself failed: x is undefined\n"],
  ])("tells %s, and what to do", (fault, expected) => {
    expect(annotationsOf(fault)).toMatch(expected);
  });

  it("hides a secret that its escapes would change", () => {
    const told = annotationsOf(new UsageError("refused: pass%word,1"), "pass%word,1");
    expect(told).toBe("::error title=icaform%3A usage::refused: [secret]\n");
  });
});

describe.concurrent("the command in GitHub Actions", () => {
  it("annotates a mistake on the command line, an unset key, and what ICA refuses", async () => {
    const ica = await lab();
    const tree = treeOf({ "t.yaml": stack() + run("r") });
    const typo = await icaform(["plan", tree, "--formt", "json"], ACTIONS);
    expect(typo).toMatchObject({ code: 1 });
    expect(typo.stderr).toMatch(/^::error title=icaform%3A usage::error: unknown option '--formt'/m);
    const unset = await icaform(["plan", tree], { ...ACTIONS, ICA_SERVER: ica.env.ICA_SERVER ?? "" });
    expect(unset.stderr).toMatch(/^::error title=icaform%3A usage::.*ICA_API_KEY/m);
    const refused = await icaform(["plan", tree], { ...ACTIONS, ...ica.env, ICA_API_KEY: "not-a-key" });
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/^::error title=icaform%3A ica::.*401.*%0Ahelp: ICA refuses the API key/m);
    const bad = treeOf({ "t.yaml": stack() + run("r", "colour: red") });
    for (const format of ["text", "json"]) {
      const invalid = await icaform(["validate", bad, "--format", format], ACTIONS);
      expect(invalid).toMatchObject({ code: 1, stderr: expect.stringMatching(/^::error file=.*unknown-key/m) });
    }
    const missing = await ica.icaform(["apply", join(tree, "none"), "--auto-approve"], { env: ACTIONS });
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^::error /m) });
  });

  it("hands on two outputs and no third, whatever files, runs and values are called", async () => {
    const ica = await lab();
    const odd = { "a::error::x%0A<<EOF.yaml": stack("defaults: { tags: { user: ['::error::x%0A'] } }") };
    const values = JSON.stringify({ a: HOSTILE, "digest<<EOF": HOSTILE });
    const hostile = run("r-name", `userReference: "r", input: { custom: { values: ${values} } }`);
    const tree = treeOf({ ...odd, "b\n::error::y\ndigest=z.yaml": hostile, output: "", summary: "" });
    const env = { ...ACTIONS, GITHUB_OUTPUT: join(tree, "output"), GITHUB_STEP_SUMMARY: join(tree, "summary") };
    const planned = await ica.icaform(["plan", tree, "--format", "markdown"], { env });
    expect(planned.code).toBe(0);
    const named = outputsOf(readFileSync(env.GITHUB_OUTPUT, "utf8"));
    expect(named).toEqual({ changes: "true", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    // Nobody reads commands or outputs from a summary; it is the Markdown, whose own tests say what cannot break out.
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, "utf8").trimEnd()).toBe(planned.stdout.trimEnd());
    for (const line of planned.stderr.split("\n").filter((one) => one.startsWith("::"))) {
      expect(line).toMatch(/^::(error|warning) [^:]*title=icaform%3A [a-z-]+::/);
    }
  });

  it.each(["plan", "apply", "validate"])(
    "lets %s print no command of the runner's in its own words",
    async (command) => {
      const ica = await lab();
      const evil = "##[set-output name=digest]x\n::set-output name=digest::x\n  ::error::x";
      const values = JSON.stringify({ a: evil, [evil]: evil });
      const good = run("r", `tags: { user: ["##[error]x"] }, input: { custom: { values: ${values} } }`);
      const bad = run("bad", `"::error::x": 1, "##[error]x": 1, input: { custom: { values: ${values} } }`);
      const approve = command === "apply" ? ["--auto-approve"] : [];
      for (const manifests of [good, bad]) {
        const ran = await ica.icaform([command, treeOf({ "##[error]x.yaml": stack() + manifests }), ...approve]);
        expect(ran.code).toBe(manifests === good ? 0 : 1);
        const printed = ran.stdout + ran.stderr;
        expect(printed).not.toContain("##[");
        expect(printed).not.toMatch(/^\s*::/m);
      }
    },
  );

  it("annotates mistakes in a file of a hostile name by that name alone", async () => {
    const tree = treeOf({ "b\n::error::y,line=9%0A.yaml": run("r", "nonsense: 1") });
    const { code, stderr } = await icaform(["plan", tree], { ...ACTIONS, GITHUB_WORKSPACE: tree });
    expect(code).toBe(1);
    const commands = stderr.split("\n").filter((line) => line.startsWith("::"));
    expect(commands.length).toBeGreaterThan(0);
    const file = "file=b %3A%3Aerror%3A%3Ay%2Cline=9%250A.yaml";
    for (const line of commands)
      expect(line).toMatch(new RegExp(`^::error (${file},line=\\d+,col=\\d+,)?title=icaform%3A `));
    expect(stderr).toContain(file);
  });
});

/** As the runner reads the file: `name=value`, or `name<<delimiter`, lines, and a line that is the delimiter. */
function outputsOf(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === "") continue;
    const [, name = "", delimiter] = /^([^=]*?)<<(.+)$/.exec(line) ?? [];
    if (delimiter === undefined) {
      const at = line.indexOf("=");
      outputs[line.slice(0, at)] = line.slice(at + 1);
      continue;
    }
    outputs[name] = lines.splice(0, lines.indexOf(delimiter)).join("\n");
    lines.shift();
  }
  return outputs;
}
