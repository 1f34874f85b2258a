import { type Change, SIGNS } from "../core/plan.ts";
import { counted } from "./amounts.ts";
import { MIN_ALIKE } from "./group.ts";
import { html } from "./html-text.ts";
import { type AlikeRuns, alikeRuns } from "./likeness.ts";

/** More boxes than these are a carpet, not a picture. */
const MAX_NODES = 150;
const BOX = { width: 250, height: 28, gapX: 56, gapY: 12, edge: 8 };
const MAX_LABEL = 28;

interface Node {
  runs: AlikeRuns;
  layer: number;
  row: number;
}

/**
 * What waits for what, from left to right, as inline SVG; nothing when no run depends on another. Runs that stand alike
 * share a box. Each box leads to its change, where the same is said in words.
 *
 * @param idOf the id of the element that shows a change
 */
export function graphHtml(changes: readonly Change[], idOf: (change: Change) => string | undefined): string {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const upstreamOf = (change: Change) => (change.dependsOn ?? []).flatMap((address) => byAddress.get(address) ?? []);
  const drawn = new Set(
    changes.flatMap((change) => (upstreamOf(change).length > 0 ? [change, ...upstreamOf(change)] : [])),
  );
  if (drawn.size === 0) return "";
  const shown = changes.filter((change) => drawn.has(change));
  const boxes = alikeRuns(shown, upstreamOf, MIN_ALIKE);
  const head = `<section aria-labelledby="graph-head"><h2 id="graph-head">Dependencies</h2>`;
  if (boxes.length > MAX_NODES) {
    return `${head}<p>${counted(drawn.size, "run")} depend on each other: too many to draw. Each change names what it depends on.</p></section>`;
  }
  const nodes = placed(boxes);
  const edges = [...nodes.values()].flatMap((node) =>
    node.runs.upstream.flatMap((upstream) => edgeSvg(nodes.get(upstream), node)),
  );
  const width = Math.max(...[...nodes.values()].map(left)) + BOX.width + BOX.edge;
  const height = Math.max(...[...nodes.values()].map(top)) + BOX.height + BOX.edge;
  const label = `Dependencies of ${counted(drawn.size, "run")}, what starts first on the left`;
  return (
    `${head}<div class="graph" tabindex="0" role="region" aria-label="${label}">` +
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `${edges.join("")}${[...nodes.values()].map((node) => boxSvg(node, idOf)).join("\n")}</svg></div></section>`
  );
}

/** Each one column right of the furthest of what it depends on, near the height of what it depends on. */
function placed(boxes: readonly AlikeRuns[]): Map<AlikeRuns, Node> {
  const layers = layersOf(boxes);
  const nodes = new Map<AlikeRuns, Node>();
  const depth = Math.max(...layers.values());
  for (let layer = 0; layer <= depth; layer++) {
    const column = boxes.filter((runs) => layers.get(runs) === layer);
    const wished = new Map(column.map((runs) => [runs, meanRow(runs, nodes)]));
    let next = 0;
    for (const runs of column.sort((one, other) => (wished.get(one) ?? 0) - (wished.get(other) ?? 0))) {
      const row = Math.max(next, wished.get(runs) ?? 0);
      nodes.set(runs, { runs, layer, row });
      next = row + 1;
    }
  }
  return nodes;
}

function meanRow({ upstream }: AlikeRuns, nodes: ReadonlyMap<AlikeRuns, Node>): number {
  const rows = upstream.flatMap((one) => nodes.get(one)?.row ?? []);
  return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
}

function layersOf(boxes: readonly AlikeRuns[]): Map<AlikeRuns, number> {
  const layers = new Map<AlikeRuns, number>();
  const layerOf = (runs: AlikeRuns, path: ReadonlySet<AlikeRuns>): number => {
    const known = layers.get(runs);
    if (known !== undefined) return known;
    // Manifests with a circle are refused before; a saved plan may have been edited.
    const next = new Set([...path, runs]);
    const upstream = runs.upstream.filter((one) => !next.has(one));
    const layer = Math.max(-1, ...upstream.map((one) => layerOf(one, next))) + 1;
    layers.set(runs, layer);
    return layer;
  };
  for (const runs of boxes) layerOf(runs, new Set());
  return layers;
}

function edgeSvg(from: Node | undefined, to: Node): string[] {
  if (from === undefined) return [];
  const [startX, startY] = [left(from) + BOX.width, top(from) + BOX.height / 2];
  const [endX, endY] = [left(to), top(to) + BOX.height / 2];
  const middle = (startX + endX) / 2;
  return [`<path d="M${startX} ${startY}C${middle} ${startY} ${middle} ${endY} ${endX} ${endY}"/>`];
}

function boxSvg(node: Node, idOf: (change: Change) => string | undefined): string {
  const { members } = node.runs;
  const [first] = members;
  const last = members.at(-1) ?? first;
  const [x, y] = [left(node), top(node)];
  const isMany = members.length > 1;
  const name = isMany ? `${members.length} × ${nameOf(first)} …` : nameOf(first);
  const title = isMany
    ? `${members.length} runs, ${first.address} to ${last.address}: ${first.action}`
    : `${first.address}: ${first.action}`;
  const size = `width="${BOX.width}" height="${BOX.height}" rx="5"`;
  const box = [
    `<g class="${first.action}"><title>${html(title)}</title>`,
    isMany ? `<rect class="stack" x="${x + 4}" y="${y + 4}" ${size}/>` : "",
    `<rect x="${x}" y="${y}" ${size}/>`,
    `<text x="${x + 10}" y="${y + 18}"><tspan class="sign">${html(SIGNS[first.action])}</tspan> ${html(shortened(name))}</text></g>`,
  ].join("");
  const id = idOf(first);
  return id === undefined ? box : `<a href="#${id}">${box}</a>`;
}

function nameOf({ address }: Change): string {
  return address.slice(address.indexOf("/") + 1);
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 1).join("")}…` : name;
}

function left(node: Pick<Node, "layer">): number {
  return BOX.edge + node.layer * (BOX.width + BOX.gapX);
}

function top(node: Pick<Node, "row">): number {
  return BOX.edge + node.row * (BOX.height + BOX.gapY);
}
