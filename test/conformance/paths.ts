import type { Description, Operation } from "./openapi.ts";

/** The operation of a path and method, the methods that the path has instead, or nothing at all. */
export type Resolved =
  | { operation: Operation; parameters: ReadonlyMap<string, string> }
  | { operation: undefined; methods: readonly string[] };

export type Resolve = (method: string, path: string) => Resolved;

/**
 * Finds operations by path, below the description's base, the most specific template first: of `{dataId}` and
 * `{dataId}:archive` the one with more text of its own. A parameter takes no raw ":", which starts a verb here, unless
 * its value is a URN; so an unknown verb is an unknown path and not an odd id.
 */
export function pathResolver({ operations, base }: Description): Resolve {
  const templates = [...new Set(operations.map(({ template }) => template))].sort(bySpecificity);
  const table = templates.map((template) => ({ template, pattern: patternOf(base, template) }));
  return (method, path) => {
    const fitting = table.find(({ pattern }) => pattern.test(path));
    if (fitting === undefined) return { operation: undefined, methods: [] };
    const there = operations.filter(({ template }) => template === fitting.template);
    const operation = there.find((candidate) => candidate.method === method);
    if (operation === undefined) return { operation, methods: there.map((candidate) => candidate.method) };
    return { operation, parameters: new Map(Object.entries(fitting.pattern.exec(path)?.groups ?? {})) };
  };
}

function patternOf(base: string, template: string): RegExp {
  const escaped = `${base}${template}`.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll(/\{(\w+)\}/g, "(?<$1>urn:[^/]+?|[^/:]+)")}$`);
}

/** Segment by segment, plain text comes before text with a parameter, and that before a parameter alone. */
function bySpecificity(one: string, other: string): number {
  const ranks = (template: string): number[] =>
    template.split("/").map((segment) => {
      if (!segment.includes("{")) return 0;
      return /^\{\w+\}$/.test(segment) ? 2 : 1;
    });
  const left = ranks(one);
  for (const [index, rank] of ranks(other).entries()) {
    const difference = (left[index] ?? 0) - rank;
    if (difference !== 0) return difference;
  }
  return 0;
}
