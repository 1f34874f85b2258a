import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar } from "yaml";
import { show } from "./show.ts";
import type { Mistake, Source } from "./source.ts";

/**
 * Where scalars stay as their author wrote them (`0.050`, `True`): a path of keys, `*` for any key or item, `true` for
 * everything below.
 */
export type AsWritten = true | { readonly [key: string]: AsWritten };

export interface PlainValue {
  value: unknown;
  mistakes: Mistake[];
  /** Nothing had to be left out; otherwise what seems to be missing in the value may well be written. */
  isWhole: boolean;
  /** Some string or key has `${` in it. */
  hasPlaceholders: boolean;
}

/** Deeper than any pipeline's input, and shallow enough for everything that walks a value by recursion. */
const DEEPEST = 100;
/** Nodes that aliases may stand for, in one document: "billion laughs" ends here. */
const MOST_ALIASED = 10_000;

/** A YAML document as plain data, with what YAML allows and manifests do not as mistakes. */
export function plainValue(source: Source, root: Node | null, asWritten?: AsWritten): PlainValue {
  const state: State = {
    source,
    mistakes: [],
    anchors: new Map(),
    open: new Set(),
    alias: undefined,
    aliased: 0,
    hasPlaceholders: false,
  };
  const value = convert(state, root, asWritten, 0);
  const { mistakes, hasPlaceholders } = state;
  return { value, mistakes, isWhole: !mistakes.some(({ code }) => holes.has(code)), hasPlaceholders };
}

/** Mistakes after which something is left out of the value. */
const holes = new Set(["yaml-alias", "yaml-alias-bomb", "yaml-merge-key", "yaml-too-deep", "yaml-key"]);

interface State {
  source: Source;
  mistakes: Mistake[];
  anchors: Map<string, Node>;
  /** Collections that are being converted: an alias to one of them would never end. */
  open: Set<Node>;
  /** The outermost alias that is being followed. */
  alias: Alias | undefined;
  /** How many nodes aliases have stood for so far. */
  aliased: number;
  hasPlaceholders: boolean;
}

function convert(state: State, node: unknown, asWritten: AsWritten | undefined, depth: number): unknown {
  if (isBeyondAliasLimit(state)) return null;
  if (isAlias(node)) return resolveAlias(state, node, asWritten, depth);
  if (isScalar(node)) {
    if (node.anchor !== undefined) state.anchors.set(node.anchor, node);
    return scalarValue(state, node, asWritten === true);
  }
  if (!isMap(node) && !isSeq(node)) return null;
  if (depth > DEEPEST) {
    complain(state, node, "yaml-too-deep", `values are nested more than ${DEEPEST} levels deep`);
    return null;
  }
  if (node.anchor !== undefined) state.anchors.set(node.anchor, node);
  state.open.add(node);
  const value = isSeq(node)
    ? node.items.map((item) => convert(state, item, below(asWritten, "*"), depth + 1))
    : mappingValue(state, node.items, asWritten, depth);
  state.open.delete(node);
  return value;
}

function mappingValue(state: State, pairs: readonly Pair[], asWritten: AsWritten | undefined, depth: number): unknown {
  const value: Record<string, unknown> = {};
  const seen = new Map<string, number>();
  for (const pair of pairs) {
    const key = keyOf(state, pair.key);
    if (key === undefined) continue;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, offsetOf(pair.key));
    else {
      const { line, column } = state.source.position(first);
      const message = `the key ${show(key)} is already given at line ${line}, column ${column}`;
      complain(state, pair.key, "yaml-duplicate-key", message, "keep one of them");
    }
    value[key] = convert(state, pair.value, below(asWritten, key), depth + 1);
  }
  return value;
}

/** A key as text; undefined, with a mistake, when it cannot be one. */
function keyOf(state: State, key: unknown): string | undefined {
  if (!isScalar(key)) {
    complain(state, key, "yaml-key", "a key must be plain text", "write the key out");
    return undefined;
  }
  if (key.anchor !== undefined) state.anchors.set(key.anchor, key);
  const text = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
  if (text.includes("${")) state.hasPlaceholders = true;
  if (typeof key.value !== "string") {
    complain(state, key, "yaml-key", "this key is not text, as YAML reads it", "quote it");
  } else if (text === "<<" && key.type === Scalar.PLAIN) {
    const message = "merge keys (<<) are YAML 1.1 and not supported";
    complain(state, key, "yaml-merge-key", message, "write the keys out; an alias (*name) for a whole value is fine");
    return undefined;
  } else if (text === "__proto__") {
    complain(
      state,
      key,
      "yaml-key",
      `the key ${show(text)} is not allowed`,
      "JavaScript gives it a meaning of its own",
    );
    return undefined;
  }
  return text;
}

function scalarValue(state: State, node: Scalar, asWritten: boolean): unknown {
  const { value } = node;
  if (typeof value === "string") {
    if (value.includes("${")) state.hasPlaceholders = true;
    return value;
  }
  if (value === null || value === undefined) return null;
  if (asWritten) return node.source ?? String(value);
  if (typeof value === "number" && !isExact(value, node.source)) {
    const message = Number.isFinite(value)
      ? "this number has more digits than can be kept exactly"
      : "this is not a number that JSON can hold";
    const help = "write fewer digits, 15 at most are always kept; in quotes it is sent as text";
    complain(state, node, "number-inexact", message, Number.isFinite(value) ? help : "quote it");
  }
  return value;
}

/** Whole numbers beyond 2^53 and digits that a double has no room for would silently change; JSON has no infinity. */
function isExact(value: number, written = ""): boolean {
  if (!Number.isFinite(value)) return false;
  const isWhole = /^[-+]?(\d+|0x[\da-f]+|0o[0-7]+)$/i.test(written);
  return isWhole ? Number.isSafeInteger(value) : digitsOf(written) === digitsOf(String(value));
}

/** The significant digits of a decimal: `-1.50e-8` → `15`. */
function digitsOf(decimal: string): string {
  return decimal.replace(/e.*$/i, "").replaceAll(/[-+.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
}

function resolveAlias(state: State, alias: Alias, asWritten: AsWritten | undefined, depth: number): unknown {
  const target = state.anchors.get(alias.source);
  if (target === undefined) {
    const message = `there is no anchor ${show(`&${alias.source}`)} before this alias`;
    complain(state, alias, "yaml-alias", message, 'quote text that starts with "*"');
    return null;
  }
  if (state.open.has(target)) {
    complain(state, alias, "yaml-alias", `the alias ${show(`*${alias.source}`)} contains itself`);
    return null;
  }
  const isOutermost = state.alias === undefined;
  if (isOutermost) state.alias = alias;
  const value = convert(state, target, asWritten, depth + 1);
  if (isOutermost) state.alias = undefined;
  return value;
}

/** Counts one more node while an alias is being followed; said once, at the alias that went too far. */
function isBeyondAliasLimit(state: State): boolean {
  if (state.alias === undefined) return false;
  state.aliased++;
  if (state.aliased === MOST_ALIASED + 1) {
    const message = `the aliases of this document stand for more than ${MOST_ALIASED.toLocaleString("en")} values`;
    complain(state, state.alias, "yaml-alias-bomb", message, "write the values out, or use fewer aliases");
  }
  return state.aliased > MOST_ALIASED;
}

function below(asWritten: AsWritten | undefined, key: string): AsWritten | undefined {
  if (asWritten === undefined || asWritten === true) return asWritten;
  return Object.hasOwn(asWritten, key) ? asWritten[key] : asWritten["*"];
}

function complain(state: State, node: unknown, code: string, message: string, help?: string): void {
  state.mistakes.push({ offset: offsetOf(node), code, message, ...(help === undefined ? {} : { help }) });
}

/** Nodes of a parsed document always have a range. */
function offsetOf(node: unknown): number {
  return (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) && node.range ? node.range[0] : 0;
}
