import type { Diagnostic } from "../core/diagnostic.ts";
import { ACTIONS, type Change, type Plan, SIGNS } from "../core/plan.ts";
import { counted } from "./amounts.ts";
import { attentionOf } from "./attention.ts";
import { totalText } from "./credits-text.ts";
import { foldDiagnostics } from "./fold-diagnostics.ts";
import { groupChanges } from "./group.ts";
import { howToApply, type Invocation } from "./how-to-apply.ts";
import { graphHtml } from "./html-graph.ts";
import { groupHtml } from "./html-group.ts";
import { pageHtml } from "./html-page.ts";
import { FOLDS, TOOLS } from "./html-script.ts";
import { html, htmlCode } from "./html-text.ts";
import { callsText, summaryLine } from "./plan-text.ts";

/** Fewer changes are seen at a glance: a search would only be in their way. */
const MIN_SEARCHED = 5;

/** The plan as one page that works from disk, to be read in a minute and searched for as long as it takes. */
export function planHtml(plan: Plan, refusals: readonly string[] = [], invocation?: Invocation): string {
  const ids = new Map<Change, string>();
  for (const change of plan.changes) if (change.action !== "no-op") ids.set(change, `change-${ids.size + 1}`);
  const idOf = (change: Change) => ids.get(change);
  const groups = groupChanges(plan.changes);
  const hasTools = ids.size >= MIN_SEARCHED;
  return pageHtml({
    title: `icaform plan: ${plan.stack}`,
    skipTo: { id: "changes", words: "Skip to the changes" },
    body: [
      headHtml(plan),
      "<main>",
      refusalsHtml(refusals),
      attentionHtml(plan, refusals),
      hasTools ? toolsHtml(plan) : "",
      `<section aria-labelledby="changes"><h2 id="changes" tabindex="-1">Changes</h2>`,
      groups.length > 0
        ? groups.map((group) => groupHtml(group, idOf)).join("\n")
        : '<p class="soft">Nothing is to be changed.</p>',
      hasTools ? '<p id="none" class="soft" hidden>No change fits. Esc in the search field shows all again.</p>' : "",
      "</section>",
      graphHtml(plan.changes, idOf),
      diagnosticsHtml(foldDiagnostics(plan)),
      unchangedHtml(plan.changes),
      commandHtml(plan, refusals, invocation),
      "</main>",
    ],
    script: hasTools ? FOLDS + TOOLS : FOLDS,
  });
}

function headHtml(plan: Plan): string {
  const calls = plan.requests.estimated === 0 ? "" : ` It takes ${callsText(plan.requests)}.`;
  return [
    `<header><p class="kicker">icaform plan · ${html(plan.server)}</p>`,
    `<h1>${html(plan.stack)}</h1>`,
    `<p class="lead">${html(summaryLine(plan))}<span class="soft">${html(calls)}</span></p>${costHtml(plan)}</header>`,
  ].join("\n");
}

function costHtml(plan: Plan): string {
  return totalText(plan.credits)
    .map((line) => `<p>${html(line)}</p>`)
    .join("");
}

function refusalsHtml(refusals: readonly string[]): string {
  if (refusals.length === 0) return "";
  const items = refusals.map((line) => `<li>${html(line)}</li>`).join("");
  return (
    `<section class="note abort" aria-labelledby="refused"><h2 id="refused">Refused by policy</h2>` +
    `<p>Nothing of this can be applied.</p><ul>${items}</ul></section>`
  );
}

/** What a reviewer must not overlook; what is refused has a place of its own. */
function attentionHtml(plan: Plan, refusals: readonly string[]): string {
  const items = attentionOf(plan, refusals).slice(refusals.length > 0 ? 1 : 0);
  if (items.length === 0) return "";
  const marked = items.map(
    ({ text, level }) => `<li>${level === "warning" ? `<a href="#warnings">${text}</a>` : text}</li>`,
  );
  return `<section class="note rerun" aria-labelledby="attention"><h2 id="attention">Look at</h2><ul>${marked.join("")}</ul></section>`;
}

function toolsHtml({ changes }: Plan): string {
  const chips = ACTIONS.flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    if (action === "no-op" || count === 0) return [];
    const box = `<input type="checkbox" name="action" value="${action}" checked>`;
    return [`<label class="${action}">${box} ${html(SIGNS[action])} ${count} ${action}</label>`];
  });
  return [
    '<div class="tools" id="tools" role="search" aria-label="Filter the changes" hidden>',
    `<fieldset class="chips" aria-label="Actions that are shown">${chips.join("")}</fieldset>`,
    '<input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="Search ( / )" aria-label="Search the changes">',
    '<span id="shown" role="status" class="soft"></span>',
    '<button type="button" id="expand">Expand all</button>',
    '<button type="button" id="collapse">Collapse all</button>',
    "</div>",
  ].join("\n");
}

function diagnosticsHtml(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return "";
  const items = diagnostics.map(({ severity, code, message, help, file, line, column }) => {
    const place = file === undefined ? "" : ` ${htmlCode(line === undefined ? file : `${file}:${line}:${column}`)}`;
    const advice = help === undefined ? "" : `<br><span class="soft">Help: ${html(help)}</span>`;
    return `<li><strong>${severity}</strong>${place}: ${html(message)} <span class="soft">[${html(code)}]</span>${advice}</li>`;
  });
  return `<section aria-labelledby="warnings"><h2 id="warnings" tabindex="-1">Warnings</h2><ul>${items.join("\n")}</ul></section>`;
}

/** So that "why is it not in the plan?" has an answer, too. */
function unchangedHtml(changes: readonly Change[]): string {
  const unchanged = changes.filter((change) => change.action === "no-op");
  if (unchanged.length === 0) return "";
  const items = unchanged.map(
    ({ address, reason }) => `<li>${htmlCode(address)} <span class="soft">${html(reason)}</span></li>`,
  );
  return [
    `<section aria-labelledby="unchanged"><h2 id="unchanged">Unchanged</h2><details class="card no-op">`,
    `<summary>${counted(unchanged.length, "declared thing")} with nothing to do</summary>`,
    `<ul class="names">${items.join("\n")}</ul></details></section>`,
  ].join("\n");
}

function commandHtml(plan: Plan, refusals: readonly string[], invocation: Invocation | undefined): string {
  const how = howToApply(plan, refusals, invocation);
  if (how === undefined) return `<footer><p class="soft">Digest ${htmlCode(plan.digest)}</p></footer>`;
  const words = how.words.replace(/`([^`]*)`/g, (_, code) => htmlCode(code));
  const command =
    how.command === undefined ? `<p>Digest ${htmlCode(plan.digest)}</p>` : `<pre>${html(how.command)}</pre>`;
  return `<section aria-labelledby="apply"><h2 id="apply">Apply</h2><p>${words}</p>${command}</section>`;
}
