/** What every page does: a link unfolds what it leads to, and paper gets everything unfolded. */
export const FOLDS = `
"use strict";
const one = (id) => document.getElementById(id);
const folds = [...document.querySelectorAll("main details")];
let showAll = () => {};
function reveal() {
  const target = location.hash && one(location.hash.slice(1));
  if (!target) return;
  if (target.closest("[hidden]")) showAll();
  for (let item = target; item; item = item.parentElement) if (item.tagName === "DETAILS") item.open = true;
  target.scrollIntoView();
  (target.querySelector("summary") || target).focus();
}
addEventListener("hashchange", reveal);
addEventListener("DOMContentLoaded", reveal);
let closed = [];
addEventListener("beforeprint", () => { closed = folds.filter((fold) => !fold.open); for (const fold of closed) fold.open = true; });
addEventListener("afterprint", () => { for (const fold of closed) fold.open = false; });
`;

/**
 * After `FOLDS`: filters, searches and folds what has the classes `change` and `group`. Without it the page shows
 * everything and folds all the same. It makes no HTML and asks no network.
 */
export const TOOLS = `
const changes = [...document.querySelectorAll(".change")];
const groups = [...document.querySelectorAll("details.group")];
const boxes = [...document.querySelectorAll("input[name=action]")];
const search = one("search");
const unchanged = document.querySelectorAll(".names li").length;
const membersOf = new Map(groups.map((group) => [group, [...group.querySelectorAll(".change")]]));
const textOf = new Map();
const groupOf = new Map();
for (const [group, members] of membersOf) for (const member of members) groupOf.set(member, group);
// What is said once for all of a group is found in each of it.
const commonOf = new Map(groups.map((group) => [group, (group.querySelector(".overview")?.textContent || "").toLowerCase()]));
function isFound(change, words) {
  if (words.length === 0) return true;
  if (!textOf.has(change)) textOf.set(change, change.textContent.toLowerCase());
  const [own, common] = [textOf.get(change), commonOf.get(groupOf.get(change)) || ""];
  return words.every((word) => own.includes(word) || common.includes(word));
}
const opened = new Set();
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const actions = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let shown = 0;
  for (const change of changes) {
    const isShown = actions.has(change.dataset.action) && isFound(change, words);
    if (change.hidden === isShown) change.hidden = !isShown;
    if (isShown) shown += 1;
  }
  for (const [group, members] of membersOf) {
    group.hidden = members.every((member) => member.hidden);
    if (words.length > 0 && !group.hidden && !group.open) { group.open = true; opened.add(group); }
  }
  if (words.length === 0) { for (const group of opened) group.open = false; opened.clear(); }
  one("none").hidden = shown > 0;
  const left = words.length > 0 && unchanged > 0 ? "; " + unchanged + " unchanged " + (unchanged === 1 ? "is" : "are") + " not searched" : "";
  one("shown").textContent = shown === changes.length ? "" : shown + " of " + changes.length + " shown" + left;
}
// What is found stands at the top of the changes, wherever the page was left.
function leadToChanges() {
  const { top } = one("changes").getBoundingClientRect();
  if (top < 0 || top > innerHeight) one("changes").scrollIntoView();
}
let timer;
search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { filter(); leadToChanges(); }, 120); });
for (const box of boxes) box.addEventListener("change", filter);
const setAll = (open) => { opened.clear(); for (const fold of folds) if (!fold.hidden) fold.open = open; };
one("expand").addEventListener("click", () => setAll(true));
one("collapse").addEventListener("click", () => setAll(false));
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); search.focus(); }
  if (event.key === "Escape" && isTyping) clearSearch();
});
// Where the actions that are left out hide everything, they come back too.
function clearSearch() { search.value = ""; filter(); if (!one("none").hidden) showAll(); }
showAll = () => { search.value = ""; for (const box of boxes) box.checked = true; filter(); };
one("tools").hidden = false;
filter();
`;
