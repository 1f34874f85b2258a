/** The contract's section "Trust", sentence by sentence: a pull request may come from anyone. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { secretStore } from "../../src/cli/secrets.ts";
import { lab, serve, treeOf } from "../support/beside.ts";
import { applyTree } from "../support/engine.ts";
import { passingOn } from "../support/http.ts";
import { credential, manifest, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";

/** A server that nobody should talk to. */
const stranger = () => serve((_request, response) => response.writeHead(200).end("{}"));

const withServer = (server: string) => treeOf({ "t.yaml": stack(`server: "${server}"`) + run("r") });

describe.concurrent("a Stack's server", () => {
  it.each([
    "https://ica.example.com/ica/rest",
    "https://illumina.com.example.org/ica/rest",
    "https://ica.illumina.com@example.com/ica/rest",
    "https://example.com\\\\.illumina.com/ica/rest",
    "http://ica.illumina.com/ica/rest",
    "http://127.0.0.1.example.com/ica/rest",
  ])("%s is refused, with the line that names it", async (server) => {
    const ica = await lab();
    // No server of the operator's own: the manifest's would count.
    const env = { ICA_API_KEY: ica.sim.apiKey, ICA_SERVER: "" };
    const ran = await ica.icaform(["plan", withServer(server)], { env });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/t\.yaml:\d+:\d+: error: .*\[(foreign|bad)-server\]/);
  });

  it.each([["validate"], ["apply", "--auto-approve"]])("is refused by %s too", async (...command) => {
    const ica = await lab();
    const ran = await ica.icaform([...command, withServer("https://example.com/ica/rest")], {
      env: { ICA_SERVER: "" },
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/t\.yaml:\d+:\d+: error: .*\[foreign-server\]/);
  });

  it("on another port of a name that is foreign gets no request at all", async () => {
    const other = await stranger();
    const ica = await lab();
    // `localtest.me` and its like resolve to this machine, but are not its name.
    const port = new URL(other.url).port;
    for (const host of ["localtest.me", "0.0.0.0", "[::ffff:7f00:1]"]) {
      const ran = await ica.icaform(["plan", withServer(`http://${host}:${port}/ica/rest`)], {
        env: { ICA_SERVER: "" },
      });
      expect(ran.code, host).toBe(1);
    }
    expect(other.received).toEqual([]);
  });

  it("on this machine is taken", async () => {
    const ica = await lab();
    const ran = await ica.icaform(["plan", withServer(ica.sim.url)], { env: { ICA_SERVER: "" } });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ica.sim.requests.length).toBeGreaterThan(0);
  });

  it("gives way to the operator's, who may name any host", async () => {
    const ica = await lab();
    const other = await stranger();
    const folder = withServer(other.url);
    expect((await ica.icaform(["plan", folder])).code).toBe(0);
    expect(
      (await ica.icaform(["plan", folder, "--server", ica.sim.url], { env: { ICA_SERVER: other.url } })).code,
    ).toBe(0);
    expect(other.received).toEqual([]);
  });
});

describe.concurrent("plain http", () => {
  it.each(["http://ica.illumina.com/ica/rest", "http://localhost.evil.example/ica/rest"])(
    "to %s is refused, also when the operator names it",
    async (server) => {
      const ica = await lab();
      const folder = treeOf({ "t.yaml": stack() + run("r") });
      const ran = await ica.icaform(["plan", folder], { env: { ICA_SERVER: server } });
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/https/);
      expect(ran.stderr).not.toContain(ica.sim.apiKey);
    },
  );
});

describe.concurrent("a redirect to another origin", () => {
  it.each([302, 308])("(%i) is not followed: no key, token or body goes there", async (status) => {
    const other = await stranger();
    const ica = await lab();
    const redirecting = await serve((_request, response) =>
      response.writeHead(status, { location: `${other.url}/api/tokens` }).end(),
    );
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const ran = await ica.icaform(["plan", folder], { env: { ICA_SERVER: redirecting.url } });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/redirect/);
    expect(other.received).toEqual([]);
  });

  it("of a create call is not followed, and the run is looked for before anything is said", async () => {
    const other = await stranger();
    const ica = await lab({
      faults: [{ match: { path: "analysis:nextflow" }, fault: "redirect", location: `${other.url}/steal` }],
    });
    const { results } = await applyTree(treeOf({ "t.yaml": stack() + run("r") }), ica.sim);
    expect(results).toMatchObject([{ error: expect.stringContaining("redirect") }]);
    expect(results[0]?.outcome).not.toBe("done");
    expect(other.received).toEqual([]);
  });

  it("of a read with a token is not followed", async () => {
    const other = await stranger();
    const ica = await lab({
      faults: [{ match: { path: "/api/projects" }, fault: "redirect", location: `${other.url}/api/projects` }],
    });
    const ran = await ica.icaform(["plan", treeOf({ "t.yaml": stack() + run("r") })]);
    expect(ran.code).toBe(1);
    expect(other.received).toEqual([]);
  });
});

/** A run with one secret, from a file. */
const fromFile = (file: string) =>
  stack() + run("r", `input: { form: { parameters: { token: { file: ${JSON.stringify(file)} } } } }`);

describe.concurrent("secret files", () => {
  it("are read from the folder that the operator names; one trailing newline is dropped", async () => {
    const secrets = treeOf({ "deep/unix": "tok\nen-1\n\n", "deep/windows": "token-2\r\n", "deep/bare": "token-3" });
    const parameters = "a: { file: deep/unix }, b: { file: deep/windows }, c: { file: deep/bare }";
    const folder = treeOf({ "t.yaml": stack() + run("r", `input: { form: { parameters: { ${parameters} } } }`) });
    for (const given of [
      { args: ["--secrets-dir", secrets], env: {} },
      { args: [], env: { ICAFORM_SECRETS_DIR: secrets } },
    ]) {
      const ica = await lab();
      await ica.applied(folder, given.args, given.env);
      const { analysisInput } = JSON.parse(ica.creates()[0]?.body ?? "{}") as {
        analysisInput: { parameters: unknown };
      };
      expect(analysisInput.parameters).toEqual([
        { code: "a", value: "tok\nen-1\n" },
        { code: "b", value: "token-2" },
        { code: "c", value: "token-3" },
      ]);
    }
  });

  it("outside of it are refused before anything is sent: by path, absolute, or through a link", async () => {
    const ica = await lab();
    const outside = treeOf({ password: "root:x:0", "folder/inner": "x" });
    const secrets = treeOf({ ok: "fine", "inside/deep": "fine" });
    symlinkSync(join(outside, "password"), join(secrets, "link"));
    symlinkSync(join(outside, "folder"), join(secrets, "linked-folder"));
    const sibling = `${secrets}-more`;
    mkdirSync(sibling);
    writeFileSync(join(sibling, "near"), "near");
    const files = [
      "../".repeat(12) + join(outside, "password").slice(1),
      join(outside, "password"),
      `../${sibling.split("/").at(-1)}/near`,
      "link",
      "linked-folder/inner",
    ];
    const store = secretStore({}, secrets, () => {});
    for (const file of [...files, "ok/../../etc/passwd", "ok/../link", "missing", ".", ""]) {
      expect((await store.problem({ file }))?.message, file).toMatch(/secret file/);
      await expect(store.read({ file }), file).rejects.toThrow(/secret file/);
    }
    for (const file of ["ok", "inside/deep"]) expect(await store.problem({ file })).toBeUndefined();
    for (const file of files) {
      const ran = await ica.apply(treeOf({ "t.yaml": fromFile(file) }), ["--secrets-dir", secrets]);
      expect(ran.code, file).toBe(1);
      expect(ran.stderr, file).not.toMatch(/root:x:0|\n\s+at /);
    }
    expect(ica.writes()).toEqual([]);
    expect(ica.sim.analyses()).toEqual([]);
  });

  it("that hold nothing are refused before anything is sent: a folder, an empty one, a line break", async () => {
    const ica = await lab();
    const secrets = treeOf({ "folder/deep": "fine", empty: "", newline: "\n" });
    const parameters = "a: { file: folder }, b: { file: empty }, c: { file: newline }";
    const needy = run("needy", `input: { form: { parameters: { ${parameters} } } }`);
    const ran = await ica.apply(treeOf({ "t.yaml": stack() + run("free") + needy }), ["--secrets-dir", secrets]);
    expect(ran.code, ran.stdout).toBe(1);
    for (const name of ["folder", "empty", "newline"]) expect(ran.stderr).toContain(`secret file ${name} `);
    expect(ica.writes()).toEqual([]);
  });

  it("without such a folder are refused, even beside the manifest", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": fromFile("token"), token: "beside-the-manifest" });
    const ran = await ica.apply(folder);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("--secrets-dir");
    expect(ran.stderr).not.toContain("beside-the-manifest");
    expect(ica.writes()).toEqual([]);
  });

  it("through a link of the folder itself are fine: the operator named it", async () => {
    const ica = await lab();
    const real = treeOf({ token: "token-of-the-lab" });
    const parent = treeOf({ "x/y": "" });
    symlinkSync(real, join(parent, "secrets"));
    await ica.applied(treeOf({ "t.yaml": fromFile("token") }), ["--secrets-dir", join(parent, "secrets")]);
    expect(ica.creates()[0]?.body).toContain("token-of-the-lab");
  });
});

describe.concurrent("files that a manifest names", () => {
  const set = (csv: string) =>
    stack() +
    manifest(
      "PipelineRunSet",
      "samples",
      `{ forEach: { csv: ${JSON.stringify(csv)}, key: id }, template: { metadata: { name: "s-\${each.id}" },
        spec: { pipeline: nf, input: { custom: { text: "id: \${each.id}" } } } } }`,
    );

  it("are read inside the tree", async () => {
    const ica = await lab();
    const folder = treeOf({ "sets/t.yaml": set("../sheets/s.csv"), "sheets/s.csv": "id\na\nb\n" });
    const plan = await ica.plan(folder);
    expect(plan.changes.map(({ address }) => address)).toEqual(["PipelineRun/s-a", "PipelineRun/s-b"]);
  });

  it("outside of it are refused: by path, absolute, or through a link of a file or a folder", async () => {
    const ica = await lab();
    const outside = treeOf({ "passwd.csv": "id\nroot-secret\n" });
    const folder = treeOf({ "tree/x": "" });
    symlinkSync(join(outside, "passwd.csv"), join(folder, "tree/link.csv"));
    symlinkSync(outside, join(folder, "tree/linked"));
    writeFileSync(join(folder, "above.csv"), "id\nroot-secret\n");
    for (const csv of [join(outside, "passwd.csv"), "../above.csv", "link.csv", "linked/passwd.csv"]) {
      writeFileSync(join(folder, "tree/t.yaml"), set(csv));
      const ran = await ica.icaform(["plan", join(folder, "tree")]);
      expect(ran.code, csv).toBe(1);
      expect(ran.stderr, csv).toMatch(/t\.yaml:\d+:\d+: error: /);
      expect(ran.stdout + ran.stderr).not.toContain("root-secret");
    }
    expect(ica.sim.requests).toEqual([]);
  });
});

describe.concurrent("secret values", () => {
  const parameter = "tok-9f8e7d6c5b4a";
  const TREE = `${stack()}${credential("lab-s3")}${runFromBucket("a", "lab-s3")}${run(
    "b",
    "input: { form: { parameters: { token: { env: LAB_TOKEN } } } }",
  )}`;
  const values = { ...SECRETS, LAB_TOKEN: parameter };

  it("appear in no output of a successful apply, at any log level", async () => {
    const folder = treeOf({ "t.yaml": TREE });
    for (const args of [["--format", "json", "--log-format", "json"], []]) {
      const ica = await lab();
      const ran = await ica.icaform(["apply", folder, "--auto-approve", "--log-level", "debug", ...args], {
        env: values,
      });
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stderr).toContain("/api/storageCredentials");
      for (const value of [...Object.values(values), ica.sim.apiKey])
        expect(ran.stdout + ran.stderr).not.toContain(value);
      expect(ran.stdout + ran.stderr).not.toMatch(/Bearer |eyJ/);
    }
  });

  /** An ICA that quotes the request in its error, whole, cut off, and as JSON in JSON. */
  const echoing = (upstream: string) => {
    const passOn = passingOn(upstream, () => undefined);
    return serve((request, response) => {
      const isWrite = request.method === "POST" && !/tokens$|:search|:findBest/.test(request.url.split("?")[0] ?? "");
      if (!isWrite) return passOn(request, response);
      const problem = {
        type: "x",
        title: `ICA_API_400 : cannot read ${request.body} (ref. 12345678)`,
        status: 400,
        detail: request.body,
        parameters: { body: JSON.stringify(request.body) },
      };
      return response.writeHead(400, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
    });
  };

  it.each(["text", "json"])("are blanked out of ICA's error messages (%s)", async (format) => {
    const ica = await lab();
    const echo = await echoing(ica.sim.url);
    const ran = await ica.icaform(["apply", treeOf({ "t.yaml": TREE }), "--auto-approve", "--format", format], {
      env: { ...values, ICA_SERVER: echo.url },
    });
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stdout).toContain("ICA_API_400");
    for (const value of Object.values(values)) expect(ran.stdout + ran.stderr).not.toContain(value);
  });

  it.each([
    ["with quotes, backslashes, line breaks and umlauts", 'tök"en\\with"quotes\\-0123\nand-a-second-line-4567'],
    ["that is long", "0123456789abcdef".repeat(60)],
  ])("%s are blanked out too, and no part of them is left", async (_name, secret) => {
    const ica = await lab();
    const echo = await echoing(ica.sim.url);
    const folder = treeOf({
      "t.yaml": stack() + run("b", "input: { form: { parameters: { token: { env: LAB_TOKEN } } } }"),
    });
    for (const format of ["text", "json"]) {
      const ran = await ica.icaform(["apply", folder, "--auto-approve", "--format", format], {
        env: { LAB_TOKEN: secret, ICA_SERVER: echo.url },
      });
      expect(ran.code, ran.stderr).toBe(3);
      const output = ran.stdout + ran.stderr;
      for (const part of [secret, JSON.stringify(secret).slice(1, -1), secret.slice(0, 8), secret.slice(-8)]) {
        expect(output).not.toContain(part);
      }
    }
  });

  it("do not stand in a saved plan, nor in the plan that an apply prints", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": TREE });
    const file = join(folder, "plan.json");
    const planned = await ica.icaform(["plan", folder, "--out", file], { env: values });
    const applied = await ica.icaform(["apply", file, "--auto-approve"], { env: values });
    expect([planned.code, applied.code]).toEqual([0, 0]);
    const all = readFileSync(file, "utf8") + planned.stdout + planned.stderr + applied.stdout + applied.stderr;
    for (const value of [...Object.values(values), ica.sim.apiKey]) expect(all).not.toContain(value);
  });
});
