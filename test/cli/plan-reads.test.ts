/** `plan` never writes and needs no secret: what it sends, and what it shows. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { icaform } from "../support/cli.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { credential, manifest, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf } from "../support/simulator.ts";
import { WORLD } from "../support/world.ts";

const SIGNATURE = "5ec4e7516na7u4e0123456789abcdef";
const PRESIGNED = `https://somebody:hunter2-password@bucket.s3.amazonaws.com/S1.gz?X-Amz-Credential=AKIDEXAMPLE99&X-Amz-Signature=${SIGNATURE}&versionId=7`;

/** One of everything, with secrets in every place that takes one. */
const TREE =
  stack("defaults: { actionOnExist: Rename }") +
  credential("lab-s3", "share: true, rotateAfter: 2020-01-01T00:00:00Z") +
  manifest("OutputMapping", "deliver", "{ project: archive, mappings: [{ source: out/, target: /delivered/ }] }") +
  runFromBucket("from-bucket", "lab-s3") +
  run(
    "with-form",
    `input: { form: { data: [{ parameter: reads, files: [/in/a.fastq.gz],
       external: [{ url: "${PRESIGNED}", mountPath: S1.gz }] }],
       parameters: { token: { env: LAB_TOKEN }, password: { file: lab/password } } } },
     outputs: [{ mapping: deliver }]`,
  ) +
  run("with-json", "pipeline: cwl, input: { json: { values: { a: 1 } } }, dependsOn: [PipelineRun/with-form]") +
  run("with-fields", "pipeline: nf-json, input: { formValues: { fields: [{ id: t, values: [{ env: LAB_TOKEN }] }] } }");

const HIDDEN = [SIGNATURE, "AKIDEXAMPLE99", "hunter2-password"];

describe.concurrent("plan", () => {
  it("sends nothing but GETs, token calls and searches, at whatever there is to do", async () => {
    const ica = await lab({
      seed: { ...WORLD, credentials: [{ name: "lab-s3", timeModified: "2019-01-01T00:00:00Z" }] },
    });
    const secrets = treeOf({ "lab/password": "pass-of-the-lab\n" });
    const folder = treeOf({ "tree.yaml": TREE });

    // Everything is to be created; then there is something to rerun, to update, to abort, and an orphan.
    expect((await ica.plan(folder)).summary).toMatchObject({ create: 3, wait: 1, update: 1 });
    expect(ica.writes()).toEqual([]);
    await ica.applied(folder, ["--secrets-dir", secrets], { ...SECRETS, LAB_TOKEN: "token-of-the-lab" });
    ica.forget();

    const edited = TREE.replace("reads: 1", "reads: 2")
      .replace("actionOnExist: Rename", "actionOnExist: Rename, tags: { user: [new] }")
      .replace("2020-01-01", "2099-01-01")
      .replace(/---\napiVersion: icaform\/v1\nkind: PipelineRun\nmetadata: \{ name: with-fields \}\n.*\n/, "");
    writeFileSync(join(folder, "tree.yaml"), edited);
    const planned = await ica.plan(folder, ["--prune"]);
    expect(actionsOf(planned)).toEqual([
      "rerun PipelineRun/from-bucket",
      "update PipelineRun/with-form",
      "update StorageCredential/lab-s3",
      "abort PipelineRun/with-fields",
      "wait PipelineRun/with-json",
    ]);
    await ica.icaform(["plan", folder, "--detailed-exitcode"]);
    await ica.icaform(["plan", folder, "--target", "PipelineRun/from-bucket", "--out", join(folder, "plan.json")]);

    expect(ica.sim.requests.length).toBeGreaterThan(10);
    for (const { method, path, headers } of ica.sim.requests) {
      expect(["GET", "POST"]).toContain(method);
      // Which activation code fits is a search too, though its path does not say so (issue: "best match shown").
      if (method === "POST")
        expect(path).toMatch(/^\/api\/tokens$|\/(analysis|samples):search$|^\/api\/activationCodes:findBest/);
      expect(headers["idempotency-key"]).toBeUndefined();
    }
  });

  it("works with all secrets unset and shows them by their references alone, in every output", async () => {
    const ica = await lab();
    const folder = treeOf({ "tree.yaml": TREE });
    const text = await ica.icaform(["plan", folder, "--log-level", "debug"]);
    const saved = join(folder, "saved.json");
    const json = await ica.icaform(["plan", folder, "--format", "json", "--out", saved, "--log-format", "json"]);
    expect([text.code, json.code]).toEqual([0, 0]);
    for (const output of [text.stdout, text.stderr, json.stdout, json.stderr, readFileSync(saved, "utf8")]) {
      for (const hidden of [...HIDDEN, ica.sim.apiKey]) expect(output).not.toContain(hidden);
    }
    expect(text.stdout).toContain("LAB_TOKEN");
    expect(text.stdout).toContain("lab/password");
    expect(json.stdout).toContain("versionId=7");
    expect(text.stderr).not.toMatch(/Bearer|eyJ/);
  });

  it("does not read the values of secrets that are set", async () => {
    const ica = await lab();
    const secrets = treeOf({ "lab/password": "pass-of-the-lab" });
    const folder = treeOf({ "tree.yaml": TREE });
    const env = { ...SECRETS, LAB_TOKEN: "token-of-the-lab", ICAFORM_SECRETS_DIR: secrets };
    const { stdout, stderr } = await ica.icaform(["plan", folder, "--format", "json"], { env });
    for (const value of [...Object.values(SECRETS), "token-of-the-lab", "pass-of-the-lab"]) {
      expect(stdout + stderr).not.toContain(value);
      expect(JSON.stringify(ica.sim.requests)).not.toContain(value);
    }
  });

  it("counts a fresh signature as no change", async () => {
    const ica = await lab();
    const folder = treeOf({ "tree.yaml": TREE });
    const secrets = { ...SECRETS, LAB_TOKEN: "token-of-the-lab", "lab/password": "pass-of-the-lab" };
    await applyTree(folder, ica.sim, { secrets });
    expect(
      ica
        .creates()
        .map(({ body }) => body)
        .join(""),
    ).toContain(SIGNATURE);
    writeFileSync(join(folder, "tree.yaml"), TREE.replaceAll(SIGNATURE, "another").replaceAll("AKIDEXAMPLE99", "k"));
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, rerun: 0, update: 0 });
    writeFileSync(join(folder, "tree.yaml"), TREE.replace("versionId=7", "versionId=8"));
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, rerun: 1, update: 0 });
  });

  it("asks for the token once and for each listing once", async () => {
    const ica = await lab();
    await ica.plan(treeOf({ "tree.yaml": TREE }));
    const calls = ica.sim.requests.map(({ method, path, query, body }) => `${method} ${path}?${query} ${body}`);
    expect(new Set(calls).size).toBe(calls.length);
    expect(calls.filter((call) => call.includes("/api/tokens"))).toHaveLength(1);
  });

  it("uses an access token as given, without a token call", async () => {
    const ica = await lab();
    const response = await fetch(`${ica.sim.url}/api/tokens`, {
      method: "POST",
      headers: { "x-api-key": ica.sim.apiKey, accept: "application/vnd.illumina.v3+json" },
    });
    const { token } = (await response.json()) as { token: string };
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    for (const name of ["ICA_ACCESS_TOKEN", "ICAV2_ACCESS_TOKEN"]) {
      ica.forget();
      const ran = await ica.icaform(["plan", folder], { env: { ICA_API_KEY: "", [name]: token } });
      expect(ran.code, ran.stderr).toBe(0);
      expect(ica.sim.requests.some(({ path }) => path === "/api/tokens")).toBe(false);
      for (const { headers } of ica.sim.requests) expect(headers.authorization).toBe(`Bearer ${token}`);
    }
  });

  it("reads what Illumina's own command reads: ICAV2_BASE_URL; ICA_SERVER wins", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const { ICA_SERVER: _server, ...env } = ica.env;
    const ran = await icaform(["plan", folder], { ...env, ICAV2_BASE_URL: ica.sim.url });
    expect(ran.code, ran.stderr).toBe(0);
    const both = await ica.icaform(["plan", folder], { env: { ICAV2_BASE_URL: "http://127.0.0.1:1/ica/rest" } });
    expect(both.code, both.stderr).toBe(0);
  });

  it("without any key says which variable to set, and asks nobody", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const ran = await ica.icaform(["plan", folder], { env: { ICA_API_KEY: "" } });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain("ICA_API_KEY");
    expect(ica.sim.requests).toEqual([]);
  });
});
