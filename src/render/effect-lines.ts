import type { Change, Effect } from "../core/plan.ts";
import type { Remark } from "./attention.ts";
import { actionName, distinctEffects, effectText, isOverwriting, sumOf } from "./effect.ts";
import { safe } from "./safe.ts";
import { sampleLines } from "./sample-lines.ts";

/**
 * What becomes of files: those under the targets of runs, and those that samples take. What is lost stands first.
 *
 * @param how each effect by itself, as of one change, or one line for each kind of them
 */
export function effectLines(
  changes: readonly Change[],
  how: "each" | "summed" = changes.length === 1 ? "each" : "summed",
): Remark[] {
  const effects = distinctEffects(changes.flatMap((change) => change.effects));
  const lines = [...(how === "each" ? effects.map(eachLine) : summedLines(effects)), ...sampleRemarks(changes)];
  return [...lines.filter(({ level }) => level === "danger"), ...lines.filter(({ level }) => level !== "danger")];
}

function eachLine(effect: Effect): Remark {
  return remarkOf(effect, `${safe(effect.project)}:${safe(effect.target)}`);
}

/** One line for each kind of effect: `writes to 96 targets, such as archive:/vcf/ (Rename): nothing is there yet`. */
function summedLines(effects: readonly Effect[]): Remark[] {
  const byKind = new Map<string, [Effect, ...Effect[]]>();
  for (const effect of effects) {
    const key = JSON.stringify([effect.project, effect.action, effect.type, effect.files > 0]);
    const same = byKind.get(key);
    if (same === undefined) byKind.set(key, [effect]);
    else same.push(effect);
  }
  return [...byKind.values()].map((same) => {
    const [first] = same;
    const place = `${safe(first.project)}:${safe(first.target)}`;
    const where = same.length === 1 ? place : `to ${same.length} targets, such as ${place}`;
    return remarkOf({ ...first, ...sumOf(same) }, where);
  });
}

function remarkOf(effect: Effect, where: string): Remark {
  const text = `writes ${where} (${actionName(effect.action)}): ${effectText(effect)}`;
  return { text, level: isOverwriting(effect) ? "danger" : "plain" };
}

function sampleRemarks(changes: readonly Change[]): Remark[] {
  return sampleLines(changes).map((text) => ({ text, level: "plain" }));
}
