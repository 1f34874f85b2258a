/** What ICA says may come from anyone who can name a run: none of it may forge, hide or recolour what a person reads. */
import { describe, expect, it } from "vitest";
import { lab, proxy, serve, treeOf } from "../support/beside.ts";
import type { Ran } from "../support/cli.ts";
import { desiredRuns, leftBy } from "../support/history.ts";
import { run, stack } from "../support/manifests.ts";
import { WORLD } from "../support/world.ts";

/** Clear the screen, a link, a title, a line of its own, a return, a C1 control, text turned around, a line separator. */
const EVIL =
  "\u001b[2J\u001b]0;title\u0007\u001b]8;;http://x\u001b\\\nPlan: nothing to do.\r\u009b31m\u202eabc\u2028x\u0000\u0008";

/** Controls but the line break, line separators, and the marks that turn text around. */
const FORBIDDEN = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
] as const;

function forbiddenIn(text: string): string[] {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return codes
    .filter((code) => FORBIDDEN.some(([from, to]) => code >= from && code <= to))
    .map((code) => code.toString(16));
}

/** Nothing that a terminal acts on, and no line that ICA or a manifest forged: it would stand at the start of one. */
function expectClean({ stdout, stderr }: Ran): void {
  for (const output of [stdout, stderr]) {
    expect(forbiddenIn(output), JSON.stringify(output)).toEqual([]);
    expect(output).not.toMatch(/^Plan: nothing to do\.\s*$/m);
  }
}

/** JSON text: whatever was in the strings is escaped. */
function expectCleanJson(ran: Ran): void {
  expect(() => JSON.parse(ran.stdout) as unknown).not.toThrow();
  expectClean(ran);
}

/** A declared run and an orphan in ICA, and every string that ICA tells of them is evil. */
async function evilIca() {
  const folder = treeOf({
    "t.yaml":
      stack() +
      run("r", "pipeline: evil-code, storage: Large, rerun: { onFailure: 1 }") +
      run("fresh", "pipeline: evil-code"),
  });
  const desired = (await desiredRuns(folder)).get("r");
  if (desired === undefined) throw new Error("no run");
  const orphan = { ...desired, name: `gone${EVIL}` };
  const ica = await lab({
    seed: {
      ...WORLD,
      pipelines: [{ code: "evil-code" }, { code: `nf${EVIL}` }],
      storages: [{ name: "Large" }, { name: `Small${EVIL}` }],
      analyses: [
        leftBy("lab", desired, { pipeline: "evil-code", reference: `ref${EVIL}`, status: "IN_PROGRESS" }),
        leftBy("lab", orphan, {
          pipeline: "evil-code",
          reference: `ref${EVIL}`,
          userReference: EVIL,
          status: "SUCCEEDED",
        }),
      ],
    },
  });
  const evil = await proxy(ica.sim.url, (_request, { body }) => ({
    body: body
      .replaceAll('"IN_PROGRESS"', JSON.stringify(`DEFROSTING${EVIL}`))
      .replaceAll('"SUCCEEDED"', JSON.stringify(`MELTED${EVIL}`)),
  }));
  return { ica, folder, env: { ICA_SERVER: evil.url } };
}

describe.concurrent("escape sequences and line breaks", () => {
  it("in references, statuses, tags and names of ICA do not reach the terminal", async () => {
    const { ica, folder, env } = await evilIca();
    for (const args of [["plan"], ["plan", "--log-level", "debug"], ["apply", "--auto-approve"]]) {
      const ran = await ica.icaform([...args, folder], { env });
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stdout).toContain("MELTED");
      expect(ran.stdout).toMatch(/^\? PipelineRun\/gone/m);
      expectClean(ran);
    }
  });

  it("stand escaped in JSON", async () => {
    const { ica, folder, env } = await evilIca();
    for (const args of [["plan"], ["apply", "--auto-approve"]]) {
      const ran = await ica.icaform(
        [...args, folder, "--format", "json", "--log-level", "debug", "--log-format", "json"],
        {
          env,
        },
      );
      expect(ran.code, ran.stderr).toBe(0);
      expectCleanJson(ran);
    }
  });

  it("in the suggestions of an error do not reach the terminal", async () => {
    const { ica, env } = await evilIca();
    const folder = treeOf({ "t.yaml": stack() + run("r", "pipeline: nff, storage: Smal") });
    const ran = await ica.icaform(["plan", folder], { env });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("pipeline-not-found");
    expectClean(ran);
  });

  it.each(["plan", "apply"])("in ICA's error messages do not reach the terminal (%s)", async (command) => {
    const problem = {
      type: EVIL,
      title: `ICA_API_400 : ${EVIL} (ref. ${EVIL})`,
      status: 400,
      detail: EVIL,
      parameters: { [EVIL]: EVIL },
    };
    const evil = await serve((_request, response) =>
      response.writeHead(400, { "content-type": "application/problem+json" }).end(JSON.stringify(problem)),
    );
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const ran = await ica.icaform([command, folder], { env: { ICA_SERVER: evil.url } });
    expect(ran.code).toBe(1);
    expectClean(ran);
    expect(ran.stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  it("in the result of a run that ICA refuses do not reach the terminal", async () => {
    for (const [format, check] of [
      ["text", expectClean],
      ["json", expectCleanJson],
    ] as const) {
      const ica = await lab();
      const evil = await proxy(ica.sim.url, ({ url }) => {
        if (!url.includes("/analysis:nextflow")) return undefined;
        return { status: 400, headers: { "content-type": "text/plain" }, body: `no${EVIL}` };
      });
      const folder = treeOf({ "t.yaml": stack() + run("r") });
      const ran = await ica.icaform(["apply", folder, "--auto-approve", "--format", format], {
        env: { ICA_SERVER: evil.url },
      });
      expect(ran.code).toBe(3);
      check(ran);
    }
  });

  it("in a manifest of a pull request do not reach the terminal either", async () => {
    const ica = await lab();
    const value = JSON.stringify(EVIL);
    const texts = [
      stack() + run("r", `input: { form: { parameters: { ${value}: ${value} } } }, tags: { user: [${value}] }`),
      stack() + run("r", `pipeline: ${value}, storage: ${value}`),
      stack() + run("r", `${value}: 1`),
      stack() + run("r", `outputs: [{ source: ${value}, target: "/${value.slice(1)} }]`),
      `${stack()}# \u001b[2J raw \u009b31m\nfoo: \u001b[31m\n`,
    ];
    for (const text of texts) {
      for (const command of ["validate", "plan"]) {
        const ran = await ica.icaform([command, "."], { cwd: treeOf({ "t.yaml": text }) });
        expect([0, 1]).toContain(ran.code);
        expectClean(ran);
      }
    }
  });

  it("in the name of a file do not reach the terminal", async () => {
    const ica = await lab();
    const name = "t\u001b[2J\nPlan: nothing to do.\n.yaml";
    const ran = await ica.icaform(["plan", "."], { cwd: treeOf({ [name]: stack() + run("r", "pipeline: nope") }) });
    expect(ran.code).toBe(1);
    expectClean(ran);
  });
});
