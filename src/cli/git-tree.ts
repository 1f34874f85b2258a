import { mkdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../core/errors.ts";
import { realPath } from "../manifest/inside.ts";
import { git, inItsWords, lineOf } from "./git.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** The files of some paths as a commit has them, in a folder of their own. */
export interface CommitFiles {
  commit: string;
  /** The folder that stands for the repository's top. */
  top: string;
  /** The given paths, in their order. */
  paths: CommitPath[];
  /** The files of variables given; those outside of the repository are the same for every commit. */
  variableFiles: (CommitPath & { isOutside: boolean })[];
}

export interface CommitPath {
  /** From the repository's top on, as in git's own `REF:path`; as given for what lies outside. */
  name: string;
  /** Undefined when the commit does not have it. */
  path: string | undefined;
}

export interface Given {
  paths: readonly string[];
  variableFiles: readonly string[];
  cwd: string;
}

/**
 * Writes the files below `paths`, and those of variables, out as they were at a commit, for as long as they are used;
 * neither the work tree nor the repository's index is touched, and no filter that would ask a network (Git LFS) is run.
 *
 * @throws UsageError when there is no git, no repository, or no such commit; AbortedError after a signal
 */
export async function withFilesAt<Result>(
  ref: string,
  { paths, variableFiles, cwd }: Given,
  use: (files: CommitFiles) => Promise<Result>,
): Promise<Result> {
  const given = paths.map((path) => realpathSync(resolve(cwd, path)));
  const folders = given.map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  const start = folders[0] ?? cwd;
  const top = await topOf(start);
  for (const folder of folders) if (below(top, folder) === undefined) throw notRepository(folder, top);
  const commit = await commitOf(ref, top);
  const variables = variableFiles.map((file) => ({ file, name: nameBelow(top, resolve(cwd, file)) }));
  return withTemporaryFolder("icaform-against-", async (made, signal) => {
    const moved = join(made, "tree");
    mkdirSync(moved);
    const names = [
      ...folders.map((folder) => below(top, folder) ?? ""),
      ...variables.flatMap(({ name }) => name ?? []),
    ];
    await writeOut(commit, names.map(pathspecOf), moved, { cwd: top, index: join(made, "index"), signal });
    const inCommit = (name: string): CommitPath => {
      const there = join(moved, name);
      return { name: name === "" ? "." : name, path: exists(there) ? there : undefined };
    };
    return use({
      commit,
      top: moved,
      paths: given.map((path) => inCommit(below(top, path) ?? "")),
      variableFiles: variables.map(({ file, name }) =>
        name === undefined
          ? { name: file, path: resolve(cwd, file), isOutside: true }
          : { ...inCommit(name), isOutside: false },
      ),
    });
  });
}

async function writeOut(
  commit: string,
  pathspecs: readonly string[],
  folder: string,
  { cwd, index, signal }: { cwd: string; index: string; signal: AbortSignal },
): Promise<void> {
  const options = { cwd, environment: { GIT_INDEX_FILE: index }, signal };
  await git(["read-tree", commit], options);
  const names = await git(["ls-files", "-z", "--", ...pathspecs], options);
  const quiet = ["-c", "filter.lfs.smudge=", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false"];
  const into = ["checkout-index", "-z", "--stdin", `--prefix=${folder}${sep}`];
  await git([...quiet, ...into], { ...options, input: names });
}

async function topOf(folder: string): Promise<string> {
  const top = await git(["rev-parse", "--show-toplevel"], { cwd: folder }, (said) =>
    said.includes("not a git repository") ? notRepository(folder) : inItsWords(said),
  );
  return realpathSync(top.replace(/\n$/, ""));
}

const NAME_ONE = "name a branch, a tag or a commit";
const FETCH_IT =
  "in a shallow clone fetch it first: `git fetch --depth=1 origin main`, then --against FETCH_HEAD " +
  "(actions/checkout: `fetch-depth: 0`)";

/** @throws UsageError when it is not one commit, or none that is there */
async function commitOf(ref: string, top: string): Promise<string> {
  const notOne = new UsageError(`--against ${ref}: this does not name one commit`, NAME_ONE);
  const unknown = (said: string) => {
    // No name has these, but every range.
    if (ref.includes("..")) return notOne;
    const line = lineOf(said.replace(/^fatal: Needed a single revision$/m, ""));
    const why = line === "" ? "" : ` (${line})`;
    return new UsageError(`--against ${ref}: git knows no such commit${why}`, `${NAME_ONE}; ${FETCH_IT}`);
  };
  // What begins with a dash is an option to git, and never a ref.
  if (ref.startsWith("-")) throw unknown("");
  const commit = (await git(["rev-parse", "--verify", `${ref}^{commit}`], { cwd: top }, unknown)).trim();
  if (!/^[0-9a-f]+$/.test(commit)) throw notOne;
  return commit;
}

/** That of a file or a whole folder, whatever characters its name has. */
function pathspecOf(name: string): string {
  return name === "" ? ":(top)" : `:(top,literal)${name}`;
}

/** Undefined for what lies outside: a pipe, say. */
function nameBelow(top: string, path: string): string | undefined {
  const real = realPath(path);
  return real === undefined ? undefined : below(top, real);
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
