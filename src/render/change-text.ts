import type { Section } from "../core/fingerprint.ts";
import { type Action, type Change, type FieldChange, SIGNS } from "../core/plan.ts";
import { estimateText } from "./credits-text.ts";
import { effectLines } from "./effect-lines.ts";
import { partsOf, untold, wordsText } from "./field-lines.ts";
import { commonLeaves, examplesOf, type Group, isAbout, shortPaths } from "./group.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";
import { safe } from "./safe.ts";
import type { Style } from "./style.ts";
import { isLeaf, leafText, leavesOf, scalarText } from "./value.ts";

/** Lines of one change's declared values at most, before "… and n more". */
const MAX_LEAVES = 12;
/** Paths that are named as differing at most. */
const MAX_PATHS = 6;

/** One change: where, why, how it is started, what differs, what becomes of files. */
export function changeText(change: Change, style: Style): string {
  const head = `${signText(change.action, style)} ${style.bold(safe(change.address))}`;
  const where = placeText(change, change.reference);
  const lines = [
    `${head}${where === "" ? "" : style.dim(`  ${where}`)}`,
    `    ${change.action}: ${safe(change.reason)}`,
    ...startText(change).map((line) => `    ${line}`),
    ...fieldLines(change, style),
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
    ...capped(
      commonLeaves(group)
        .filter(({ path }) => !isAbout(path, TOLD))
        .map(({ path, text }) => `    ${clip(`${path}: ${text}`)}`),
    ),
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

function differText(group: Group): string {
  const more = group.differ.length - MAX_PATHS;
  return `${shortPaths(group.differ).slice(0, MAX_PATHS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What the line that says how a run is started, and those of its outputs, have said already. */
const TOLD: readonly string[] = ["pipeline", "storage", "outputs"] satisfies Section[];

/** What a create declares, or what differs: before → after where ICA tells what was before. */
function fieldLines(change: Change, style: Style): string[] {
  if (change.action === "create" || change.action === "wait") {
    const leaves = change.fields
      .filter((field) => !TOLD.includes(field.path))
      .flatMap((field) => leavesOf(field.path, field.after));
    return capped(leaves.map((leaf) => `    ${leaf.path}: ${leaf.text}`));
  }
  return change.fields.flatMap((field) => differenceLines(field, style));
}

function differenceLines(field: FieldChange, style: Style): string[] {
  const name = safe(field.path);
  if (field.before === undefined && field.after !== undefined && !field.sensitive) {
    const leaves = leavesOf(field.path, field.after).map((leaf) => `      ${leaf.path}: ${leaf.text}`);
    return [`    ${name}: changed; ICA does not tell what it was, it is now`, ...capped(leaves)];
  }
  if (field.after === undefined) {
    const before = field.before === undefined ? untold(field) : leafOrJson(field.before);
    return [`    ${name}: ${style.red(before)} → ${style.green("(not declared)")}`];
  }
  if (field.before === undefined) return [`    ${name}: ${untold(field)} → ${style.green(leafOrJson(field.after))}`];
  const changes = leafChanges(name, field.before, field.after);
  if (changes.length === 0) return [`    ${name}: differs in what is not shown here`];
  return capped(changes.map((change) => `    ${leafChangeText(change, style)}`));
}

/** `callers: [snv] → [snv, cnv]`; of what is long only the words or items that differ. */
function leafChangeText(change: LeafChange, style: Style): string {
  const parts = partsOf(change);
  if (parts !== undefined) return `${change.path}: ${wordsText(parts, { removed: style.red, added: style.green })}`;
  const was = "before" in change ? leafText(change.before) : "(not set)";
  const willBe = "after" in change ? leafText(change.after) : "(no longer set)";
  if (was === willBe) return `${change.path}: differs in what is not shown here`;
  return `${change.path}: ${style.red(was)} → ${style.green(willBe)}`;
}

function leafOrJson(value: unknown): string {
  return isLeaf(value) ? leafText(value) : scalarText(JSON.stringify(value));
}

function clip(line: string): string {
  return line.length > 240 ? `${line.slice(0, 240)}… (${line.length} characters)` : line;
}

function capped(lines: readonly string[]): string[] {
  if (lines.length <= MAX_LEAVES) return [...lines];
  const indent = /^ */.exec(lines[0] ?? "")?.[0] ?? "";
  return [...lines.slice(0, MAX_LEAVES), `${indent}… and ${lines.length - MAX_LEAVES} more`];
}

function signText(action: Action, style: Style): string {
  const sign = SIGNS[action];
  if (action === "create") return style.green(sign);
  if (action === "rerun" || action === "update") return style.yellow(sign);
  return action === "abort" ? style.red(sign) : style.cyan(sign);
}
