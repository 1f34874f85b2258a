import { type Change, SIGNS } from "../core/plan.ts";
import type { Remark } from "./attention.ts";
import { startText } from "./change-text.ts";
import { effectLines } from "./effect-lines.ts";
import { untoldWords } from "./field-lines.ts";
import { differText, type Group, isDangerous, MIN_ALIKE, shortPaths } from "./group.ts";
import { changedWhere, isAbout, sharesOf } from "./group-fields.ts";
import { fieldRows, fieldsHtml } from "./html-fields.ts";
import { html, htmlCode } from "./html-text.ts";

/** What differs among changes that are alike stands in columns; with more than these it is read more easily as lists. */
const MAX_COLUMNS = 5;

type IdOf = (change: Change) => string | undefined;

/** Each change as a card; changes that are alike as one card with a line for each. */
export function groupHtml(group: Group, idOf: IdOf): string {
  if (group.changes.length < MIN_ALIKE) return group.changes.map((change) => changeHtml(change, idOf)).join("\n");
  const { action, changes } = group;
  const [first] = changes;
  const isSame = changes.every((change) => change.reason === first.reason);
  const differ = group.differ.length === 0 ? "" : `; they differ in ${differText(group)}`;
  return lines([
    `<details class="card group ${action}"${isDangerous(group) ? " open" : ""}>`,
    `<summary>${badge(action)}<h3>${html(group.title)}</h3> ` +
      `<span class="why">${html(first.reason + (isSame ? "" : "; the others likewise") + differ)}</span></summary>`,
    overviewHtml(group),
    group.differ.length <= MAX_COLUMNS
      ? tableHtml(group, idOf)
      : lines(changes.map((change) => changeHtml(change, idOf, group.differ))),
    "</details>",
  ]);
}

/** What is said once for all. */
function overviewHtml(group: Group): string {
  const [first] = group.changes;
  const shares = sharesOf(group);
  const common = shares.flatMap(({ fields, isShown }) =>
    fieldRows({ action: group.action, fields }).filter(({ path }) => isShown(path)),
  );
  const differ = shortPaths(group.differ).map(htmlCode).join(", ");
  const isChange = group.action === "rerun" || group.action === "update";
  return lines([
    '<div class="overview">',
    factsHtml(first, group.changes),
    differ === "" ? "" : `<p>They differ in ${differ}.</p>`,
    common.length === 0
      ? ""
      : `<p class="soft">${isChange ? changedWhere(shares) : "The same in all"}:</p>${fieldsHtml(common)}`,
    "</div>",
  ]);
}

/** One line for each change, one column for each path in which they differ. */
function tableHtml(group: Group, idOf: IdOf): string {
  const label = `${group.changes.length} changes that are alike, one in each line`;
  const meets = group.changes.some((change) => effectsMet(change).length > 0);
  const heads = ["name", ...shortPaths(group.differ), ...(meets ? ["files that are there"] : [])];
  const rows = group.changes.map((change) => {
    const fields = fieldRows(change);
    const cells = group.differ.map((path) => {
      const own = fields.filter((row) => isAbout(row.path, [path]));
      return `<td>${own.map((row) => row.value).join("")}</td>`;
    });
    const met = meets ? `<td>${effectsMet(change).map(remarkHtml).join("<br>")}</td>` : "";
    const id = idOf(change);
    return (
      `<tr class="change"${id === undefined ? "" : ` id="${id}" tabindex="-1"`} data-action="${change.action}">` +
      `<th scope="row">${htmlCode(change.address)}</th>${cells.join("")}${met}</tr>`
    );
  });
  return lines([
    `<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="alike">`,
    `<thead><tr>${heads.map((head) => `<th scope="col">${html(head)}</th>`).join("")}</tr></thead><tbody>`,
    ...rows,
    "</tbody></table></div>",
  ]);
}

/** @param only of a change in a group: the paths that are its own */
function changeHtml(change: Change, idOf: IdOf, only?: readonly string[]): string {
  const id = idOf(change);
  const rows = fieldRows(change).filter((row) => only === undefined || isAbout(row.path, only));
  return lines([
    `<details class="card change ${change.action}"${id === undefined ? "" : ` id="${id}"`} data-action="${change.action}"${only === undefined ? " open" : ""}>`,
    `<summary>${badge(change.action)}<h3>${htmlCode(change.address)}</h3> <span class="why">${html(change.reason)}</span></summary>`,
    only === undefined ? factsHtml(change, [change]) : listOf(effectLines([change]).map(remarkHtml)),
    fieldsHtml(rows),
    "</details>",
  ]);
}

/** How it is started, what it waits for and what becomes of files: of the first for all where they are many. */
function factsHtml(first: Change, all: readonly Change[]): string {
  const { project, attempt, reference, status, dependsOn = [] } = first;
  const isOne = all.length === 1;
  const place = [
    project === undefined ? [] : [`project ${html(project)}`],
    attempt === undefined ? [] : [`attempt ${attempt}`],
    isOne && reference !== undefined ? [`in ICA ${htmlCode(reference)}`] : [],
    isOne && status !== undefined ? [html(status)] : [],
  ].flat();
  const waits = isOne && dependsOn.length > 0 ? [`depends on ${dependsOn.map(htmlCode).join(", ")}`] : [];
  const facts = [...startText(first).map(html), ...waits, ...unreadFacts(all), ...effectLines(all).map(remarkHtml)];
  return lines([place.length === 0 ? "" : `<p class="soft">${place.join(" · ")}</p>`, listOf(facts)]);
}

function unreadFacts(all: readonly Change[]): string[] {
  const unread = all.filter((change) => change.fields.some((field) => field.unread)).length;
  if (unread === 0) return [];
  return [html(untoldWords({ sensitive: false, unread: true }, all.length === 1 ? undefined : unread))];
}

function effectsMet(change: Change): Remark[] {
  return effectLines([{ ...change, effects: change.effects.filter((effect) => effect.files > 0) }]);
}

function remarkHtml({ text, level }: Remark): string {
  return level === "danger" ? `<span class="danger">${html(text)}</span>` : html(text);
}

function badge(action: Change["action"]): string {
  return `<span class="badge ${action}">${html(SIGNS[action])} ${action}</span>`;
}

function listOf(facts: readonly string[]): string {
  return facts.length === 0 ? "" : `<ul class="facts">${facts.map((fact) => `<li>${fact}</li>`).join("")}</ul>`;
}

function lines(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
