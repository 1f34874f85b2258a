/**
 * npm's `prepare` script: builds `dist/`. `npm install --global` from git, which is how pre-commit installs a hook, runs
 * it without the devDependencies (npm/cli#8440), so that they are installed first where they are missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

if (!existsSync("node_modules/tsx")) npm("ci", "--include=dev", "--ignore-scripts");
npm("run", "--silent", "build");

/** The npm that runs this script, in this folder: what it was told of a global install is in the environment. */
function npm(...args) {
  const { npm_execpath: path = "" } = process.env;
  const { status } = spawnSync(process.execPath, [path, ...args, "--global=false"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
