/** Plots as plain SVG text, with both axes logarithmic: what grows linearly is a straight line at 45°. */

export interface Series {
  name: string;
  /** [x, y], both above 0. */
  points: readonly (readonly [number, number])[];
}

const WIDTH = 760;
const HEIGHT = 400;
const LEFT = 70;
const BOTTOM = 50;
const TOP = 40;
const RIGHT = 280;
const COLOURS = ["#1f5fa8", "#c2571a", "#2f7d3b", "#7a3f9d", "#9a7400"];

/** @param title above the plot; `x` and `y` name the axes with their units */
export function logLogPlot(title: string, x: string, y: string, series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points);
  const across = scale(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scale(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = [
    ...across.ticks.map((tick) => vertical(across.at(tick), label(tick))),
    ...up.ticks.map((tick) => horizontal(up.at(tick), label(tick))),
  ];
  const lines = series.map(({ name, points: own }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? "#000";
    const at = own.map(([px, py]) => `${round(across.at(px))},${round(up.at(py))}`);
    const dots = at.map((point) => {
      const [cx, cy] = point.split(",");
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`;
    });
    const entry = `<text x="${WIDTH - RIGHT + 16}" y="${TOP + 18 * index + 10}" fill="${colour}">${escaped(name)}</text>`;
    return `<polyline points="${at.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}${entry}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="22" font-size="15">${escaped(title)}</text>
${[...grid, ...lines].join("\n")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(x)}</text>
<text x="16" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(TOP + HEIGHT - BOTTOM) / 2})">${escaped(y)}</text>
</svg>
`;
}

/** Whole powers of ten around the values. */
function scale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { ticks, at: (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

function vertical(at: number, text: string): string {
  return `<path d="M${round(at)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#ddd"/><text x="${round(at)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${text}</text>`;
}

function horizontal(at: number, text: string): string {
  return `<path d="M${LEFT} ${round(at)}H${WIDTH - RIGHT}" stroke="#ddd"/><text x="${LEFT - 8}" y="${round(at) + 4}" text-anchor="end">${text}</text>`;
}

function label(value: number): string {
  return value < 1 ? String(Number(value.toPrecision(1))) : value.toLocaleString("en");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
