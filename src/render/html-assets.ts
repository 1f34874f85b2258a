/**
 * What every page has. Colours hold 4.5:1 against their background in both schemes; signs and words say the same
 * without them. An element of class `create`, `rerun`, … has its action's colour as `--tone`.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2128; --soft: #59636e; --back: #ffffff; --box: #f6f8fa; --line: #d8dee4; --link: #0550ae;
  --green: #116329; --amber: #7d4e00; --red: #a40e26; --blue: #0550ae; --grey: #59636e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --soft: #9da7b3; --back: #0f1318; --box: #171c23; --line: #323a44; --link: #79c0ff;
    --green: #56d364; --amber: #e3b341; --red: #ff938a; --blue: #79c0ff; --grey: #9da7b3;
  }
}
.create, .done { --tone: var(--green); } .rerun, .update, .skipped { --tone: var(--amber); }
.abort, .failed { --tone: var(--red); } .wait, .unknown { --tone: var(--blue); } .orphan, .no-op { --tone: var(--grey); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 5rem; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 66rem; font: 0.9375rem/1.55 system-ui, sans-serif;
  color: var(--text); background: var(--back); }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: 1.625rem; line-height: 1.25; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 0.75rem; font-size: 1.0625rem; font-weight: 650; }
h3 { display: inline; font-size: 1em; font-weight: 600; }
ul { padding-left: 1.1rem; } li { margin: 0.125rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
code, pre { font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { margin: 0.5rem 0 0; padding: 0.625rem 0.875rem; white-space: pre-wrap; background: var(--box);
  border: 1px solid var(--line); border-radius: 6px; user-select: all; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
.kicker { font-size: 0.8125rem; color: var(--soft); }
.lead { margin-top: 0.5rem; font-size: 1.0625rem; }
.note { margin-top: 1rem; padding: 0.75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--tone);
  border-radius: 6px; background: color-mix(in srgb, var(--tone) 6%, var(--back)); }
.note h2 { margin: 0 0 0.25rem; font-size: 1em; color: var(--tone); }
.badge { display: inline-block; min-width: 4.9rem; margin-right: 0.5rem; font: 600 0.8125rem/1.6 ui-monospace,
  SFMono-Regular, Menlo, Consolas, monospace; color: var(--tone); white-space: pre; }
.card { margin: 0.5rem 0; border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 6px; }
.card > :not(summary) { margin: 0.625rem 1rem; } .card > :last-child { margin-bottom: 0.875rem; }
summary { padding: 0.5rem 0.875rem; cursor: pointer; list-style: none; overflow-wrap: anywhere; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "▸"; display: inline-block; width: 1.1rem; color: var(--soft); }
[open] > summary::before { content: "▾"; }
footer { margin-top: 2rem; }
summary:hover { background: var(--box); }
.card .card { margin: 0.375rem 1rem; }
.change { content-visibility: auto; contain-intrinsic-size: auto 8rem; } tr.change { content-visibility: visible; }
.why { font-weight: 400; color: var(--soft); }
.facts { list-style: none; padding: 0; }
.danger { font-weight: 600; color: var(--red); }
.scroll { overflow: auto; max-height: 34rem; border: 1px solid var(--line); border-radius: 6px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; text-align: left; vertical-align: top; font-weight: 400;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.card > table { width: calc(100% - 2rem); } h3 code { font-size: 0.875rem; font-weight: 650; }
.fields tr:first-child > * { border-top: 0; } .fields th { width: 32%; min-width: 9rem; color: var(--soft); }
.fields code, .alike code { white-space: pre-wrap; }
.alike th, .alike td { padding: 0.3rem 0.75rem; min-width: 7rem; }
.alike thead th { position: sticky; top: 0; background: var(--box); font-weight: 600; font-size: 0.8125rem; border-top: 0; }
ins, del { display: block; text-decoration: none; } ins { color: var(--green); } del { color: var(--red); }
ins b, del b { font-weight: 600; padding: 0 0.1rem; border-radius: 2px; background: color-mix(in srgb, currentColor 16%, transparent); }
del b { text-decoration: line-through; }
.tools { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem;
  margin-top: 1.5rem; padding: 0.625rem 0; background: var(--back); border-bottom: 1px solid var(--line); }
.chips { display: flex; flex-wrap: wrap; gap: 0.375rem; margin: 0; padding: 0; border: 0; }
.chips label { padding: 0.125rem 0.625rem 0.125rem 0.5rem; border: 1px solid var(--line); border-radius: 999px; cursor: pointer; color: var(--tone);
  font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
.chips label:has(:not(:checked)) { color: var(--soft); font-weight: 400; border-style: dashed; }
.chips input { margin: 0 0.25rem 0 0; vertical-align: -0.125rem; accent-color: var(--tone); }
#shown { font-size: 0.8125rem; }
input, button { font: inherit; color: inherit; }
input[type="search"] { flex: 1 1 12rem; min-width: 8rem; padding: 0.25rem 0.625rem; background: var(--box); border: 1px solid var(--soft); border-radius: 6px; }
button { padding: 0.25rem 0.75rem; font-size: 0.8125rem; background: var(--box); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button:hover { border-color: var(--soft); }
.graph { overflow: auto; max-height: 40rem; padding: 0.5rem; border: 1px solid var(--line); border-radius: 6px; }
svg { display: block; } svg text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--text); }
svg .sign { fill: var(--tone); font-weight: 700; } svg .stack { opacity: 0.55; }
svg rect { fill: var(--back); stroke: var(--tone); } svg path { fill: none; stroke: var(--soft); opacity: 0.6; }
svg a:hover rect, svg a:focus-visible rect { fill: var(--box); stroke-width: 2; }
.names { columns: 18rem; list-style: none; padding: 0; }
@media (max-width: 40rem) {
  body { padding: 1rem 0.75rem 3rem; } .tools { position: static; } html { scroll-padding-top: 0; }
  summary .why { display: block; }
  .fields th, .fields td { display: block; width: auto; padding: 0.1rem 0; } .fields td { border: 0; padding-bottom: 0.4rem; }
}
@media print {
  :root { color-scheme: light; --text: #000; --soft: #444; --back: #fff; --box: #fff; --line: #bbb; --link: #000;
    --green: #116329; --amber: #7d4e00; --red: #a40e26; --blue: #0550ae; --grey: #444; }
  .tools, .skip { display: none; } body { max-width: none; padding: 0; font-size: 9.5pt; } code, pre { font-size: 8.5pt; } a { text-decoration: none; }
  .graph, .scroll { max-height: none; overflow: visible; border: 0; } svg { max-width: 100%; height: auto; }
  .change { content-visibility: visible; } tr, .card:not(.group), .note { break-inside: avoid; } h2, summary { break-after: avoid; }
  summary::before, [open] > summary::before { content: none; }
}
`;
