import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { icaform } from "../support/cli.ts";
import { pick, text, V3 } from "./ica.ts";

const entry = fileURLToPath(new URL("../../src/simulator/main.ts", import.meta.url));

interface Process {
  child: ChildProcessByStdio<null, Readable, Readable>;
  firstLine: Promise<string>;
  output: () => { stdout: string; stderr: string };
  exit: Promise<number | null>;
}

/** `icaform simulate …` as a process of its own. */
function simulate(...args: string[]): Process {
  const code = `import { main } from ${JSON.stringify(entry)}; process.exitCode = await main(process.argv.slice(1));`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code, "--", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes("\n")) resolve(stdout.slice(0, stdout.indexOf("\n")));
    });
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exit = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, firstLine, output: () => ({ stdout, stderr }), exit };
}

describe("icaform simulate", () => {
  it("prints one JSON line when it is ready, serves a seed, logs to stderr, and ends on SIGTERM", async () => {
    const seed = join(mkdtempSync(join(tmpdir(), "seed-")), "seed.yaml");
    writeFileSync(seed, "users: [{ name: ann, apiKey: key-ann }]\nprojects: [{ name: only }]\n");
    const run = simulate(
      "--seed",
      seed,
      "--log",
      "--rate",
      "100",
      "--faults",
      '[{"match": {"path": "nowhere"}, "fault": "conflict"}]',
    );
    const ready = JSON.parse(await run.firstLine) as { url: string; apiKey: string };
    expect(ready).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/ica\/rest$/), apiKey: "key-ann" });
    const answer = await fetch(`${ready.url}/api/projects?search=o`, {
      headers: { "x-api-key": ready.apiKey, accept: V3 },
    });
    expect(pick(await answer.json(), "items.0.name")).toBe("only");
    expect((await fetch(`${ready.url.replace("/ica/rest", "")}/control/state`)).status).toBe(404);
    run.child.kill("SIGTERM");
    expect(await run.exit).toBe(0);
    expect(run.output().stdout.split("\n")).toHaveLength(2);
    expect(run.output().stderr).toContain("GET /api/projects?search=o ann 200");
    expect(run.output().stderr).not.toContain("key-ann");
  });

  it("serves control endpoints when asked", async () => {
    const run = simulate("--control", "--speed", "0");
    const { control, url, apiKey } = JSON.parse(await run.firstLine) as Record<string, string>;
    const post = (path: string, body: unknown) =>
      fetch(`${control}${path}`, { method: "POST", body: JSON.stringify(body) });
    const get = () => fetch(`${url}/api/projects`, { headers: { "x-api-key": apiKey ?? "" } });
    expect((await post("/faults", { fault: "status-before", status: 500, match: { times: 1 } })).status).toBe(200);
    expect([(await get()).status, (await get()).status]).toEqual([500, 200]);
    const log = await (await fetch(`${control}/requests`)).json();
    expect(log).toMatchObject({ count: 2, requests: [{ status: 500 }, { status: 200 }] });
    const before = text(await (await fetch(`${control}/state`)).json(), "now");
    await post("/clock", { advanceSeconds: 3600 });
    const after = text(await (await fetch(`${control}/state`)).json(), "now");
    expect(Date.parse(after) - Date.parse(before)).toBeGreaterThanOrEqual(3_600_000);
    expect((await post("/switches", { maxPageSize: 1 })).status).toBe(200);
    expect((await post("/switches", { colour: 1 })).status).toBe(400);
    expect((await post("/analyses/nope", { status: "FAILED" })).status).toBe(400);
    expect((await fetch(`${control}/faults`, { method: "DELETE" })).status).toBe(200);
    expect((await fetch(`${control}/nothing`)).status).toBe(404);
  });

  it("says what is wrong and exits with 1, as itself and as the command", async () => {
    const seed = join(mkdtempSync(join(tmpdir(), "seed-")), "seed.yaml");
    writeFileSync(seed, "users:\n  - nam: x\n");
    const runs = [simulate("--seed", seed), simulate("--rate", "fast"), simulate("--port", "x")];
    expect(await Promise.all(runs.map(({ exit }) => exit))).toEqual([1, 1, 1]);
    const messages = runs.map(({ output }) => output().stderr);
    const taken = new URL((JSON.parse(await simulate().firstLine) as { url: string }).url).port;
    const told = async (...flags: string[]) => {
      const { code, stderr } = await icaform(["simulate", ...flags]);
      expect(stderr).not.toContain("    at ");
      return `${code} ${stderr.split("\n")[0]}`;
    };
    expect(await told("--seed", seed)).toBe(`1 ${seed}:2:5: unknown key nam; there are id, name, apiKey`);
    expect(await told("--seed", "/nope")).toBe("1 /nope: there is no such seed file");
    expect(await told("--seed", tmpdir())).toBe(`1 ${tmpdir()}: this seed file cannot be read (EISDIR)`);
    expect(await told("--faults", "/nope")).toBe("1 /nope: there is no such faults file");
    expect(await told("--port", "99999")).toContain("It must be a port, 0 to 65535.");
    expect(await told("--port", taken)).toBe(`1 port ${taken} is in use already`);
    expect(messages[0]).toContain("seed.yaml:2:5: unknown key nam");
    expect(messages[1]).toContain("rate must be a number");
    expect(messages[2]).toContain("It must be a whole number");
    expect(messages.join("")).not.toContain("    at ");
  });

  it("explains itself", async () => {
    const run = simulate("--help");
    expect(await run.exit).toBe(0);
    for (const word of ["--seed", "--tag-search", "--rate-change", "lose-answer", "Example"])
      expect(run.output().stdout).toContain(word);
  });
});
