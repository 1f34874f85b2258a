import { type Change, SIGNS } from "../core/plan.ts";
import { startText } from "./change-text.ts";
import { diffLinesOf } from "./field-lines.ts";
import { commonLeaves, effectLines, type Group, isAbout, isDangerous, MIN_ALIKE } from "./group.ts";
import { html, htmlCode } from "./html-text.ts";

/** One group; folded when it is large, but never when it overwrites or aborts. */
export function groupHtml(group: Group, idOf: (change: Change) => string | undefined): string {
  const { action, changes } = group;
  const isFolded = changes.length >= MIN_ALIKE;
  const overview = isFolded ? overviewOf(group) : { text: "", markup: "" };
  const own = isFolded ? group.differ : undefined;
  // The search must find what is said once for all of a group.
  const common = overview.text === "" ? "" : ` data-common="${html(overview.text.toLowerCase())}"`;
  const isOpen = !isFolded || isDangerous(group);
  return [
    `<details class="group"${isOpen ? " open" : ""}${common}>`,
    `<summary><h3><span class="${action}">${html(SIGNS[action])} ${action}</span> ${html(group.title)}</h3></summary>`,
    overview.markup,
    ...changes.map((change) => changeHtml(change, idOf(change), own, changes.length === 1)),
    "</details>",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function overviewOf(group: Group): { text: string; markup: string } {
  const common = commonLeaves(group);
  const facts = [...startText(group.changes[0]), ...effectLines(group.changes)];
  const differ = group.differ.length === 0 ? "" : `<p>They differ in ${group.differ.map(htmlCode).join(", ")}.</p>`;
  const same = common.length === 0 ? "" : `<p>The same in all:</p><pre>${common.map(html).join("\n")}</pre>`;
  return { text: [...common, ...facts].join("\n"), markup: `${listOf(facts)}${differ}${same}` };
}

/** @param own of a change in a folded group: the paths that are its own */
function changeHtml(
  change: Change,
  id: string | undefined,
  own: readonly string[] | undefined,
  isOpen: boolean,
): string {
  const lines = diffLinesOf(change).filter(({ text }) => own === undefined || isAbout(text, own));
  const diff = lines.map(({ mark, text }) => {
    const line = html(`${mark} ${text}`);
    if (mark === "+") return `<ins>${line}</ins>`;
    return mark === "-" ? `<del>${line}</del>` : `${line}\n`;
  });
  const facts = own === undefined ? [...startText(change), ...effectLines([change])] : effectLines([change]);
  const waits = (change.dependsOn ?? []).length === 0 ? [] : [`depends on ${change.dependsOn?.join(", ")}`];
  return [
    `<details class="change"${id === undefined ? "" : ` id="${id}"`} data-action="${change.action}"${isOpen ? " open" : ""}>`,
    `<summary>${htmlCode(change.address)} ${html(change.reason)}</summary>`,
    `<p class="soft">${placeHtml(change)}</p>`,
    listOf([...facts, ...waits]),
    diff.length === 0 ? "" : `<pre>${diff.join("")}</pre>`,
    "</details>",
  ]
    .filter((line) => line !== "" && line !== `<p class="soft"></p>`)
    .join("\n");
}

function placeHtml({ project, attempt, reference }: Change): string {
  return [
    project === undefined ? [] : [`project ${htmlCode(project)}`],
    attempt === undefined ? [] : [`attempt ${attempt}`],
    reference === undefined ? [] : [`in ICA: ${htmlCode(reference)}`],
  ]
    .flat()
    .join(", ");
}

function listOf(facts: readonly string[]): string {
  return facts.length === 0 ? "" : `<ul>${facts.map((fact) => `<li>${html(fact)}</li>`).join("")}</ul>`;
}
