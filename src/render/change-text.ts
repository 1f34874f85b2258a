import type { Section } from "../core/fingerprint.ts";
import { type Action, type Change, type FieldChange, SIGNS } from "../core/plan.ts";
import { estimateText } from "./credits-text.ts";
import { effectLines } from "./effect-lines.ts";
import { capped, changedLeavesOf, declaredTexts, differenceTexts } from "./field-text.ts";
import { differText, examplesOf, type Group, shortPaths } from "./group.ts";
import { changedWhere, sharesOf } from "./group-fields.ts";
import { safe } from "./safe.ts";
import type { Style } from "./style.ts";

/** Lines of what changed in a group at most. */
const MAX_PATHS = 6;

/** One change: where, why, how it is started, what differs, what becomes of files. */
export function changeText(change: Change, style: Style): string {
  const head = `${signText(change.action, style)} ${style.bold(safe(change.address))}`;
  const where = placeText(change, change.reference);
  const lines = [
    `${head}${where === "" ? "" : style.dim(`  ${where}`)}`,
    `    ${change.action}: ${safe(change.reason)}`,
    ...startText(change).map((line) => `    ${line}`),
    ...fieldTexts(change, style).map((line) => `    ${line}`),
    ...effectLines([change]).map(({ text }) => `    ${text}`),
  ];
  return lines.join("\n");
}

/** Changes that are alike as one: what they share, in what they differ, and a few of their addresses. */
export function groupText(group: Group, style: Style): string {
  const [first] = group.changes;
  const where = placeText(first, undefined);
  const reasons = new Set(group.changes.map((change) => change.reason));
  const reason = reasons.size === 1 ? safe(first.reason) : `${safe(first.reason)}; the others likewise`;
  const examples = examplesOf(group).map(safe).join(", ");
  const differ = group.differ.length === 0 ? "" : `; they differ in ${differText(group)}`;
  const lines = [
    `${signText(group.action, style)} ${style.bold(group.title)}${differ}`,
    ...(where === "" ? [] : [`    ${style.dim(where)}`]),
    `    ${group.action}: ${reason}`,
    ...startText(first).map((line) => `    ${line}`),
    ...sharedTexts(group, style).map((line) => `    ${line}`),
    ...differingTexts(group, style).map((line) => `    ${line}`),
    ...effectLines(group.changes).map(({ text }) => `    ${text}`),
    `    such as ${examples}; ${style.dim("--verbose shows each")}`,
  ];
  return lines.join("\n");
}

/** By which pipeline, endpoint and storage a run is started, and who pays; nothing for what is not started. */
export function startText(change: Change): string[] {
  const { pipeline = "", endpoint, storage, activationCode: code } = change;
  if (endpoint === undefined) return [];
  const own = change.isPipelinesOwnStorage === true ? " (the pipeline's own)" : "";
  const lines = [
    `starts ${safe(pipeline)} by ${endpoint}${storage === undefined ? "" : `, storage ${safe(storage)}${own}`}`,
  ];
  if (code !== undefined) {
    lines.push(`activation code ${safe(code.name ?? code.id)}${code.isBestMatch ? " (ICA's best match)" : ""}`);
  }
  if (change.credits !== undefined) lines.push(estimateText(change.credits));
  return lines;
}

function placeText(change: Change, reference: string | undefined): string {
  return [
    change.project === undefined ? [] : [`project ${safe(change.project)}`],
    change.attempt === undefined ? [] : [`attempt ${change.attempt}`],
    reference === undefined ? [] : [`in ICA: ${safe(reference)}`],
  ]
    .flat()
    .join(", ");
}

/** What the line that says how a run is started, and those of its outputs, have said already. */
const TOLD: readonly string[] = ["pipeline", "storage", "outputs"] satisfies Section[];

/** What a create declares, or what differs. */
function fieldTexts({ action, fields }: Change, style: Style): string[] {
  const share = { fields, isShown: () => true };
  return isStartOnly(action) ? declaredTexts(share, TOLD) : differenceTexts(share, action, style);
}

/** The same of what a group's members share. */
function sharedTexts(group: Group, style: Style): string[] {
  return sharesOf(group).flatMap((share) => {
    if (!isStartOnly(group.action)) {
      const texts = differenceTexts(share, group.action, style);
      return share.known === undefined || texts.length === 0 ? texts : [`${changedWhere([share])}:`, ...texts];
    }
    const [declared, told] = [share.fields.filter(isDeclaredOnly), share.fields.filter((one) => !isDeclaredOnly(one))];
    return [
      ...declaredTexts({ ...share, fields: declared }, TOLD).map(clip),
      ...differenceTexts({ ...share, fields: told }, group.action, style),
    ];
  });
}

/** Of what is each member's own, that of one as an example: it is a change, and no addition. */
function differingTexts({ action, changes, differ }: Group, style: Style): string[] {
  if (isStartOnly(action)) return [];
  const example = changes.find((change) => changedLeavesOf(change, differ, style).length > 0);
  if (example === undefined) return [];
  const leaves = changedLeavesOf(example, differ, style);
  const names = shortPaths(leaves.map(({ path }) => path));
  const whose = `(${safe(example.address)}; each its own)`;
  const lines = leaves.map(({ path, text }, index) => `${names[index] ?? path}: ${text} ${whose}`);
  return capped(lines, MAX_PATHS);
}

function isStartOnly(action: Action): boolean {
  return action === "create" || action === "wait";
}

function isDeclaredOnly(field: FieldChange): boolean {
  return field.before === undefined;
}

function clip(line: string): string {
  return line.length > 240 ? `${line.slice(0, 240)}… (${line.length} characters)` : line;
}

function signText(action: Action, style: Style): string {
  const sign = SIGNS[action];
  if (action === "create") return style.green(sign);
  if (action === "rerun" || action === "update") return style.yellow(sign);
  return action === "abort" ? style.red(sign) : style.cyan(sign);
}
