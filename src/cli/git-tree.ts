import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../core/errors.ts";

/** The files of some paths as a commit has them, in a folder of their own. */
export interface CommitFiles {
  commit: string;
  /** The given paths in there; those that the commit does not have are left out. */
  paths: string[];
  /** What stands for the folder that the command was started in. */
  cwd: string;
  remove(): void;
}

/**
 * Writes the files below `paths` out as they were at a commit; neither the work tree nor the repository's index is
 * touched, and no filter that would ask a network (Git LFS) is run.
 *
 * @throws UsageError when there is no git, no repository, or no such commit
 */
export async function filesAt(ref: string, paths: readonly string[], cwd: string): Promise<CommitFiles> {
  const given = paths.map((path) => realpathSync(resolve(cwd, path)));
  const folders = given.map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  const start = folders[0] ?? cwd;
  const top = realpathSync((await git(start, ["rev-parse", "--show-toplevel"], notRepository(start))).trim());
  for (const folder of folders) if (below(top, folder) === undefined) throw notRepository(folder, top);
  const unknown = new UsageError(`--against ${ref}: git knows no such commit`, "name a branch, a tag or a commit");
  // What begins with a dash is an option to git, and never a ref.
  if (ref.startsWith("-") || ref === "") throw unknown;
  const commit = (await git(top, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], unknown)).trim();

  const made = realpathSync(mkdtempSync(join(tmpdir(), "icaform-against-")));
  const remove = () => rmSync(made, { recursive: true, force: true });
  try {
    const index = { GIT_INDEX_FILE: join(made, "index") };
    const failed = new UsageError(`--against ${ref}: git cannot write the files of ${commit}`);
    await git(top, ["read-tree", commit], failed, index);
    const wanted = folders
      .map((folder) => `:(top,literal)${below(top, folder)}`)
      .map((one) => (one.endsWith(")") ? ":(top)" : one));
    const names = await git(top, ["ls-files", "-z", "--", ...wanted], failed, index);
    const prefix = `${join(made, "tree")}${sep}`;
    const quiet = ["-c", "filter.lfs.smudge=", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false"];
    await git(top, [...quiet, "checkout-index", "-z", "--stdin", `--prefix=${prefix}`], failed, index, names);
    const moved = given.map((path) => join(prefix, below(top, path) ?? ""));
    const started = below(top, realpathSync(cwd));
    return { commit, paths: moved.filter(exists), cwd: started === undefined ? made : join(prefix, started), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function git(
  cwd: string,
  args: readonly string[],
  failure: UsageError,
  more: Record<string, string> = {},
  input = "",
): Promise<string> {
  return new Promise((done, fail) => {
    const options = { cwd, env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", ...more }, maxBuffer: 1e9 };
    const child = execFile("git", args, options, (error, stdout) => {
      if (error === null) done(stdout);
      else if (error.code === "ENOENT") fail(new UsageError("--against needs git, which is not installed"));
      else fail(failure);
    });
    // git may end before it has read everything; its exit code says what there is to say.
    child.stdin?.on("error", () => {}).end(input);
  });
}

/** Undefined for what is not below. */
function below(top: string, path: string): string | undefined {
  const between = relative(top, path);
  return between === ".." || between.startsWith(`..${sep}`) ? undefined : between;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function notRepository(folder: string, top?: string): UsageError {
  const where = top === undefined ? "is in no git repository" : `is not in the git repository ${top}`;
  return new UsageError(`--against: ${folder} ${where}`, "give paths of one repository");
}
