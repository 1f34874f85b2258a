import type { Effect } from "../core/plan.ts";
import { bytesText, counted } from "./amounts.ts";

/** What a mapping will do to what is there: "3 files (1.2 GB) will be overwritten" (contract, "Actions"). */
export function effectText(effect: Effect): string {
  if (effect.files === 0) return "nothing is there yet";
  const size = effect.bytes === null ? "" : ` (${bytesText(effect.bytes)})`;
  const what = `${counted(effect.files, "file")}${size}`;
  // Which files a run will write into a folder is known only once it has run.
  const where = effect.type === "FOLDER" ? " where names are the same" : "";
  if (effect.action === "RENAME") return `${what} kept, new ones renamed beside${where}`;
  if (effect.action === "SKIP") return `${what} kept, new ones dropped${where}`;
  return `${what} will be overwritten${where}`;
}

/** As the documentation prints it: Overwrite, Rename, Skip. */
export function actionName(action: Effect["action"]): string {
  return `${action[0]}${action.slice(1).toLowerCase()}`;
}
