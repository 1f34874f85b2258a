import { createHash } from "node:crypto";
import type { Diagnostic } from "../core/diagnostic.ts";
import { ACTIONS, type Change, type Plan, SIGNS } from "../core/plan.ts";
import { totalText } from "./credits-text.ts";
import { groupChanges } from "./group.ts";
import { SCRIPT, STYLE } from "./html-assets.ts";
import { graphHtml } from "./html-graph.ts";
import { groupHtml } from "./html-group.ts";
import { html, htmlCode } from "./html-text.ts";
import { applyCommand, summaryLine } from "./plan-text.ts";

/**
 * The plan as one page that works from disk: nothing is loaded, and by its own policy only the script and the style
 * that stand in it are run.
 */
export function planHtml(plan: Plan, refusals: readonly string[] = []): string {
  const ids = new Map<Change, string>();
  for (const change of plan.changes) if (change.action !== "no-op") ids.set(change, `change-${ids.size + 1}`);
  const idOf = (change: Change) => ids.get(change);
  const groups = groupChanges(plan.changes);
  const body = [
    `<header><h1>Plan of stack ${htmlCode(plan.stack)}</h1>`,
    `<p><strong>${html(summaryLine(plan))}</strong> On ${htmlCode(plan.server)}.</p>${costHtml(plan)}</header>`,
    "<main>",
    refusalsHtml(refusals),
    summaryHtml(plan),
    groups.length === 0 ? "" : toolsHtml(plan),
    `<section aria-labelledby="changes"><h2 id="changes" tabindex="-1">Changes</h2>`,
    groups.length === 0 ? "<p>Nothing is to be changed.</p>" : groups.map((group) => groupHtml(group, idOf)).join("\n"),
    "</section>",
    graphHtml(plan.changes, idOf),
    diagnosticsHtml(plan.diagnostics),
    commandHtml(plan, refusals),
    "</main>",
  ].filter((part) => part !== "");
  return page(plan, body, groups.length > 0);
}

function page(plan: Plan, body: readonly string[], hasTools: boolean): string {
  // What is not there must not be allowed either: without tools there is no script.
  const scripts = hasTools ? [`script-src '${hashOf(SCRIPT)}'`] : [];
  const policy = [
    "default-src 'none'",
    ...scripts,
    `style-src '${hashOf(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const lines = [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>icaform plan: ${html(plan.stack)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    '<a class="skip" href="#changes">Skip to the changes</a>',
    ...body,
    ...(hasTools ? [`<script>${SCRIPT}</script>`] : []),
    "</body>",
    "</html>",
  ];
  return `${lines.join("\n")}\n`;
}

/** As a Content-Security-Policy names what may run (CSP level 3, 2.3.1). */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function costHtml(plan: Plan): string {
  return totalText(plan.credits)
    .map((line) => `<p>${html(line)}</p>`)
    .join("");
}

function refusalsHtml(refusals: readonly string[]): string {
  if (refusals.length === 0) return "";
  const lines = refusals.map((line) => `<li>${html(line)}</li>`).join("");
  return `<section class="refused" aria-labelledby="refused"><h2 id="refused">Refused by policy</h2><ul>${lines}</ul></section>`;
}

function summaryHtml({ summary }: Plan): string {
  const { unchanged, ...counts } = summary;
  const cells = [...Object.values(counts), unchanged].map((count) => `<td>${count}</td>`).join("");
  const heads = Object.keys(counts).map((action) => {
    const sign = ACTIONS.flatMap((known) => (known === action ? [SIGNS[known]] : [])).join("");
    return `<th scope="col" class="${action}">${html(sign)} ${action}</th>`;
  });
  return `<table><caption>Summary</caption><tr>${heads.join("")}<th scope="col">unchanged</th></tr><tr>${cells}</tr></table>`;
}

function toolsHtml(plan: Plan): string {
  const present = ACTIONS.filter(
    (action) => action !== "no-op" && plan.changes.some((change) => change.action === action),
  );
  const boxes = present.map(
    (action) => `<label><input type="checkbox" name="action" value="${action}" checked> ${action}</label>`,
  );
  return [
    '<div class="tools" id="tools" role="search" aria-label="Filter the changes" hidden>',
    '<label>Search <input type="search" id="search" autocomplete="off"></label>',
    `<span role="group" aria-label="Actions that are shown">${boxes.join("")}</span>`,
    '<button type="button" id="expand">Expand all</button>',
    '<button type="button" id="collapse">Collapse all</button>',
    '<span id="shown" role="status" class="soft"></span>',
    "</div>",
  ].join("\n");
}

function diagnosticsHtml(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return "";
  const items = diagnostics.map(({ severity, code, message, help, file, line, column }) => {
    const place = file === undefined ? "" : ` at ${htmlCode(line === undefined ? file : `${file}:${line}:${column}`)}`;
    const advice = help === undefined ? "" : `<br>Help: ${html(help)}`;
    return `<li><strong>${severity}</strong> ${htmlCode(code)}${place}: ${html(message)}${advice}</li>`;
  });
  return `<section aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul>${items.join("\n")}</ul></section>`;
}

function commandHtml(plan: Plan, refusals: readonly string[]): string {
  const command = applyCommand(plan, refusals);
  const how =
    command === undefined ? "" : `<p>To do exactly this, or what is left of it:</p><pre>${html(command)}</pre>`;
  return `<footer><p>Digest: ${htmlCode(plan.digest)}</p>${how}</footer>`;
}
