import { didYouMean } from "../core/suggest.ts";
import { counted } from "./amounts.ts";
import { safe } from "./safe.ts";

/** Lines of one kind at most. */
const MAX_LINES = 20;

interface AnalysisView {
  id: string;
  reference: string;
}

/** What would be adopted as what, and which declared tags it is given. */
export function adoptionsText(
  adoptions: readonly { address: string; analysis: AnalysisView; tags: readonly string[] }[],
): string {
  const lines = adoptions.map(({ address, analysis, tags }) => {
    const added = tags.length === 0 ? "" : `, and adds ${tags.map(safe).join(", ")}`;
    return `~ ${address}  adopts ${safe(analysis.reference)}, ${safe(analysis.id)}${added}`;
  });
  return `${cut(lines).join("\n")}\n`;
}

/** Why what was passed over, reason by reason. */
export function passedOverTexts(
  passedOver: readonly { analysis: AnalysisView; reason: string }[],
): { reason: string; analyses: number; text: string }[] {
  const byReason = new Map<string, AnalysisView[]>();
  for (const { analysis, reason } of passedOver) {
    const alike = byReason.get(reason);
    if (alike === undefined) byReason.set(reason, [analysis]);
    else alike.push(analysis);
  }
  return [...byReason].map(([reason, analyses]) => {
    const examples = analyses.slice(0, 3).map(({ reference }) => safe(reference));
    const more = analyses.length > examples.length ? ", …" : "";
    const text = `passed over: ${analysesText(analyses.length)}, since ${safe(reason)} (${examples.join(", ")}${more})`;
    return { reason: safe(reason), analyses: analyses.length, text };
  });
}

/**
 * Why nothing was found.
 *
 * @param from how many analyses were looked at, and of which pipelines
 * @param wanted the pipelines that were asked for, by code or id
 */
export function noneText(
  project: string,
  from: { looked: number; pipelines: readonly string[] },
  wanted: readonly string[],
): string {
  const hints = wanted.flatMap((pipeline) => {
    const hint = from.pipelines.includes(pipeline) ? undefined : didYouMean(pipeline, from.pipelines);
    return hint === undefined ? [] : [`; none is of pipeline ${safe(pipeline)}: ${safe(hint)}`];
  });
  return `no analysis of project ${safe(project)} matches (${from.looked} looked at)${hints.join("")}`;
}

export function analysesText(count: number): string {
  return count === 1 ? "1 analysis" : `${count} analyses`;
}

/** `12 runs` */
export function runsText(count: number): string {
  return counted(count, "run");
}

function cut(lines: readonly string[]): string[] {
  return lines.length <= MAX_LINES
    ? [...lines]
    : [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
}
