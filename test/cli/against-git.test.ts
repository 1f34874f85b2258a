/** What can be wrong between `plan --against` and git: the ref, the repository, git itself. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { treeOf } from "../support/beside.ts";
import { expectClearError } from "../support/clear-error.ts";
import { icaform, startIcaform } from "../support/cli.ts";
import { stack } from "../support/manifests.ts";
import { git, repository } from "../support/repository.ts";

const TREE = { "t.yaml": stack() };

describe.concurrent("plan --against refuses", () => {
  it.each([
    ["a ref that there is not", "nope", /--against nope: git knows no such commit$/],
    ["a commit that is no longer there", "0123456789".repeat(4), /git knows no such commit$/],
    ["an option in its place", "--output=stolen", /git knows no such commit$/],
    ["what is no commit", "blob", /git knows no such commit \(error: .*expected commit type/],
    ["all but a branch", "^main", /--against \^main: this does not name one commit$/],
    ["a range", "main..HEAD", /--against main\.\.HEAD: this does not name one commit$/],
    ["nothing", "", /--against is empty$/],
    ["spaces", "  ", /--against is empty$/],
  ])("%s", async (_name, ref, message) => {
    const folder = repository(TREE);
    git(folder, "tag", "blob", "HEAD:t.yaml");
    const ran = await icaform(["plan", `--against=${ref}`], {}, folder);
    expectClearError(ran, message);
    expect(ran.stderr).toContain("help: name a branch, a tag or a commit");
    expect(existsSync(join(folder, "stolen"))).toBe(false);
  });

  it("a commit that a shallow clone does not have, and says how to get it", async () => {
    const folder = repository(TREE);
    const { stderr } = await icaform(["plan", "--against", "origin/main"], {}, folder);
    expect(stderr).toContain(
      "in a shallow clone fetch it first: `git fetch --depth=1 origin main`, then --against FETCH_HEAD " +
        "(actions/checkout: `fetch-depth: 0`)",
    );
  });

  it("a folder that is in no repository", async () => {
    const folder = treeOf(TREE);
    const ran = await icaform(["plan", "--against", "HEAD"], {}, folder);
    expectClearError(ran, /^error: --against: .* is in no git repository$/);
    expect(ran.stderr).toContain("help: give paths of one repository");
  });

  it("a repository of somebody else's, in git's own words and with what to do", async () => {
    const folder = repository(TREE);
    // git's own switch for testing this.
    const ran = await icaform(["plan", "--against", "HEAD"], { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" }, folder);
    expectClearError(ran, /^error: --against: git says: fatal: detected dubious ownership in repository at '.*'$/);
    expect(ran.stderr).toContain("help: if you trust what is in it: git config --global --add safe.directory /");
  });

  it("what else git cannot do, in its own words, which can do nothing to a terminal", async () => {
    const broken = treeOf({
      git: "#!/bin/sh\nprintf 'hint: x\\nfatal: \\033[31mno luck\\033[0m\\nmore\\n' >&2\nexit 128\n",
    });
    chmodSync(join(broken, "git"), 0o755);
    const ran = await icaform(["plan", "--against", "HEAD"], { PATH: `${broken}:/bin:/usr/bin` }, repository(TREE));
    expectClearError(ran, /^error: --against: git says: fatal: no luck$/);
  });

  it("to go on without git", async () => {
    const ran = await icaform(["plan", "--against", "HEAD"], { PATH: treeOf({}) }, repository(TREE));
    expectClearError(ran, /^error: --against needs git, which is not installed$/);
    expect(ran.stderr).toContain("help: install git");
  });
});

describe.concurrent("plan --against leaves nothing behind", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("after %s, and no git that still writes", async (signal) => {
    const marks = treeOf({
      git: `#!/bin/sh
case "$*" in *checkout-index*) ;; *) exec "$GIT" "$@" ;; esac
sleep 60 & trap "kill $!; echo > '$MARKS/ended'; trap - TERM; kill $$" TERM
echo > "$MARKS/begun"
wait
`,
    });
    chmodSync(join(marks, "git"), 0o755);
    const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
    const temporary = treeOf({});
    const env = { PATH: `${marks}:/bin:/usr/bin`, MARKS: marks, GIT: real, TMPDIR: temporary };
    const watcher = watch(marks);
    const begun = once(watcher, "change");
    const { child, ended } = startIcaform(["plan", "--against", "HEAD"], env, repository(TREE));
    await begun;
    watcher.close();
    expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^icaform-against-/)]);
    child.kill(signal);
    expect(await ended).toEqual({ code: 3, stdout: "", stderr: "interrupted\n" });
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(join(marks, "ended"))).toBe(true);
  });
});
