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

/** Whether files that are there would be lost. */
export function isOverwriting(effect: Effect): boolean {
  return effect.action === "OVERWRITE" && effect.files > 0;
}

/** Each place once, however many runs write to it: the files that are there are the same for all of them. */
export function distinctEffects(effects: readonly Effect[]): Effect[] {
  const byPlace = new Map<string, Effect>();
  for (const effect of effects) {
    const key = JSON.stringify([effect.project, effect.target, effect.type, effect.action]);
    if (!byPlace.has(key)) byPlace.set(key, effect);
  }
  return [...byPlace.values()];
}

/** Files and bytes of effects on distinct places; bytes are unknown as soon as one's are. */
export function sumOf(effects: readonly Effect[]): Pick<Effect, "files" | "bytes"> {
  return {
    files: effects.reduce((files, one) => files + one.files, 0),
    bytes: effects.some((one) => one.bytes === null) ? null : effects.reduce((sum, one) => sum + (one.bytes ?? 0), 0),
  };
}
