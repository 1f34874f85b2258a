import { execFileSync } from "node:child_process";
import { treeOf } from "./beside.ts";

/** Runs git in a folder, as somebody; what it printed. */
export function git(folder: string, ...args: string[]): string {
  const who = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** A repository with these files committed. */
export function repository(files: Record<string, string>): string {
  const folder = treeOf(files);
  git(folder, "init");
  git(folder, "add", "-A");
  git(folder, "commit", "--allow-empty", "-m", "one");
  return folder;
}
