/** Colours hold 4.5:1 against their background in both schemes; signs and words say the same without them. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --box: #f5f7f9; --line: #d0d7de;
  --create: #116329; --rerun: #7d4e00; --update: #7d4e00; --abort: #a40e26; --wait: #0550ae; --orphan: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9ba6b2; --back: #0d1117; --box: #161b22;
  --line: #3d444d; --create: #56d364; --rerun: #e3b341; --update: #e3b341; --abort: #ff8e86; --wait: #79c0ff; --orphan: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 75rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; padding: 0.5rem; background: var(--box); border: 1px solid var(--line); border-radius: 4px; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1rem; display: inline; }
table { border-collapse: collapse; } th, td { padding: 0.25rem 0.75rem; border: 1px solid var(--line); text-align: right; }
summary { cursor: pointer; overflow-wrap: anywhere; } details { margin: 0.25rem 0; }
details.group { border: 1px solid var(--line); border-radius: 4px; padding: 0.5rem; }
details.change { margin-left: 1rem; content-visibility: auto; contain-intrinsic-size: auto 1.75rem; }
:focus-visible { outline: 3px solid var(--wait); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
.refused { border: 2px solid var(--abort); border-radius: 4px; padding: 0 1rem; }
.tools { position: sticky; top: 0; z-index: 1; padding: 0.5rem 0; background: var(--back); border-bottom: 1px solid var(--line); }
.tools label { margin-right: 0.75rem; white-space: nowrap; } input, button { font: inherit; }
.soft { color: var(--soft); } ins, del { display: block; text-decoration: none; } ins { color: var(--create); } del { color: var(--abort); }
.create { color: var(--create); } .rerun, .update { color: var(--rerun); } .abort { color: var(--abort); } .wait, .orphan { color: var(--wait); }
.graph { overflow: auto; max-height: 40rem; border: 1px solid var(--line); } svg text { font: 12px ui-monospace, monospace; fill: var(--text); }
svg rect { fill: var(--box); stroke: currentColor; } svg path { fill: none; stroke: var(--soft); } .no-op { color: var(--soft); }
[hidden] { display: none !important; }
@media print { .tools, .skip { display: none; } body { max-width: none; padding: 0; } .graph { max-height: none; overflow: visible; }
  details.change { content-visibility: visible; break-inside: avoid; } }
`;

/** Without it the page shows everything and folds; with it, it filters. It makes no HTML and asks no network. */
export const SCRIPT = `
"use strict";
const one = (id) => document.getElementById(id);
const changes = [...document.querySelectorAll("details.change")];
const groups = [...document.querySelectorAll("details.group")];
const boxes = [...document.querySelectorAll("input[name=action]")];
const texts = new Map();
const textOf = (change) => {
  if (!texts.has(change)) texts.set(change, change.textContent.toLowerCase());
  return texts.get(change);
};
function filter() {
  const words = one("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
  const actions = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let shown = 0;
  for (const change of changes) {
    const common = change.closest("details.group").dataset.common || "";
    const has = (word) => textOf(change).includes(word) || common.includes(word);
    change.hidden = !actions.has(change.dataset.action) || !words.every(has);
    if (!change.hidden) shown += 1;
  }
  for (const group of groups) {
    group.hidden = !group.querySelector("details.change:not([hidden])");
    if (words.length > 0 && !group.hidden) group.open = true;
  }
  one("shown").textContent = shown + " of " + changes.length + " changes shown";
}
let timer;
one("search").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 120); });
for (const box of boxes) box.addEventListener("change", filter);
const setAll = (open) => { for (const item of [...groups, ...changes]) if (!item.hidden) item.open = open; };
one("expand").addEventListener("click", () => setAll(true));
one("collapse").addEventListener("click", () => setAll(false));
function reveal() {
  const target = location.hash && one(location.hash.slice(1));
  for (let item = target; item; item = item.parentElement) if (item.tagName === "DETAILS") { item.hidden = false; item.open = true; }
  if (target) { target.scrollIntoView(); target.querySelector("summary")?.focus(); }
}
addEventListener("hashchange", reveal);
let closed = [];
addEventListener("beforeprint", () => { closed = [...groups, ...changes].filter((item) => !item.open); for (const item of closed) item.open = true; });
addEventListener("afterprint", () => { for (const item of closed) item.open = false; });
one("tools").hidden = false;
filter();
reveal();
`;
