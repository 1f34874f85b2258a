import { type Change, SIGNS } from "../core/plan.ts";
import { counted } from "./amounts.ts";
import { html } from "./html-text.ts";

/** More boxes than these are a carpet, not a picture. */
const MAX_NODES = 300;
const BOX = { width: 250, height: 28, gapX: 60, gapY: 14 };
const MAX_LABEL = 30;

interface Node {
  change: Change;
  layer: number;
  row: number;
}

/**
 * What waits for what, from left to right, as inline SVG; nothing when no run depends on another. Each box leads to
 * its change, where the same is said in words.
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
  const head = `<section aria-labelledby="graph-head"><h2 id="graph-head">Dependencies</h2>`;
  if (drawn.size > MAX_NODES) {
    return `${head}<p>${counted(drawn.size, "run")} depend on each other: too many to draw. Each change below names what it depends on.</p></section>`;
  }
  const nodes = placed(
    changes.filter((change) => drawn.has(change)),
    upstreamOf,
  );
  const edges = [...nodes.values()].flatMap((node) =>
    upstreamOf(node.change).flatMap((upstream) => edgeSvg(nodes.get(upstream), node)),
  );
  const width = Math.max(...[...nodes.values()].map((node) => left(node))) + BOX.width + 10;
  const height = Math.max(...[...nodes.values()].map((node) => top(node))) + BOX.height + 10;
  const boxes = [...nodes.values()].map((node) => boxSvg(node, idOf(node.change)));
  const label = `Dependencies of ${counted(drawn.size, "run")}, what starts first on the left`;
  return (
    `${head}<div class="graph" tabindex="0" role="region" aria-label="${label}">` +
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<title>${label}</title>${edges.join("")}${boxes.join("")}</svg></div></section>`
  );
}

/** Each one column right of the furthest of what it depends on. */
function placed(changes: readonly Change[], upstreamOf: (change: Change) => Change[]): Map<Change, Node> {
  const layers = new Map<Change, number>();
  const layerOf = (change: Change, path: ReadonlySet<Change>): number => {
    const known = layers.get(change);
    if (known !== undefined) return known;
    // Manifests with a circle are refused before; a saved plan may have been edited.
    const upstream = upstreamOf(change).filter((one) => !path.has(one));
    const next = new Set([...path, change]);
    const layer = Math.max(-1, ...upstream.filter((one) => one !== change).map((one) => layerOf(one, next))) + 1;
    layers.set(change, layer);
    return layer;
  };
  const rows = new Map<number, number>();
  return new Map(
    changes.map((change) => {
      const layer = layerOf(change, new Set());
      const row = rows.get(layer) ?? 0;
      rows.set(layer, row + 1);
      return [change, { change, layer, row }];
    }),
  );
}

function edgeSvg(from: Node | undefined, to: Node): string[] {
  if (from === undefined) return [];
  const [startX, startY] = [left(from) + BOX.width, top(from) + BOX.height / 2];
  const [endX, endY] = [left(to), top(to) + BOX.height / 2];
  const middle = (startX + endX) / 2;
  return [`<path d="M${startX} ${startY}C${middle} ${startY} ${middle} ${endY} ${endX} ${endY}"/>`];
}

function boxSvg({ change, ...node }: Node, id: string | undefined): string {
  const [x, y] = [left(node), top(node)];
  const name = change.address.slice(change.address.indexOf("/") + 1);
  const characters = [...name];
  const short = characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 1).join("")}…` : name;
  const box =
    `<g class="${change.action}"><title>${html(`${change.address}: ${change.action}`)}</title>` +
    `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4"/>` +
    `<text x="${x + 8}" y="${y + 18}">${html(SIGNS[change.action])} ${html(short)}</text></g>`;
  return id === undefined ? box : `<a href="#${id}">${box}</a>`;
}

function left(node: Pick<Node, "layer">): number {
  return 5 + node.layer * (BOX.width + BOX.gapX);
}

function top(node: Pick<Node, "row">): number {
  return 5 + node.row * (BOX.height + BOX.gapY);
}
