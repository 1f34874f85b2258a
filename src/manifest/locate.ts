import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";
import type { Locator } from "../core/diagnostic.ts";
import { yamlOptions } from "./documents.ts";
import type { Source } from "./source.ts";

/**
 * Finds values of one document again by parsing its piece of the text when asked: keeping the nodes of 10,000
 * documents would cost ten times the memory of their texts, for positions that a right tree never needs.
 *
 * Where a path ends in something absent, the position is that of the mapping or list which lacks it.
 */
export function locatorOf(source: Source, start: number, end: number): Locator {
  return (path, what = "value") => source.at(start + offsetIn(parsed(source, start, end), path, what));
}

/** Mistakes come in bunches from one document, so the last one of each file is kept. */
const lastParsed = new WeakMap<Source, { start: number; document: Document.Parsed }>();

function parsed(source: Source, start: number, end: number): Document.Parsed {
  const last = lastParsed.get(source);
  if (last?.start === start) return last.document;
  const document = parseDocument(source.text.slice(start, end), { ...yamlOptions, prettyErrors: false });
  lastParsed.set(source, { start, document });
  return document;
}

function offsetIn(document: Document.Parsed, path: readonly (string | number)[], what: "key" | "value"): number {
  let node: Node | null = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const target = resolved(node, document);
    const found = isMap(target) ? pairOf(target.items, part, document) : undefined;
    const item = isSeq(target) && typeof part === "number" ? target.items[part] : undefined;
    const next = found === undefined ? item : found.value;
    if (found === undefined && item === undefined) return startOf(target) ?? offset;
    const isLast = depth === path.length - 1;
    if (isLast && what === "key" && found !== undefined) return startOf(found.key) ?? offset;
    // `key:` with nothing behind it has no value to point at.
    offset = startOf(next) ?? startOf(found?.key) ?? offset;
    node = isNode(next) ? next : null;
  }
  return offset;
}

function pairOf(pairs: readonly Pair[], part: string | number, document: Document.Parsed): Pair | undefined {
  return pairs.find(({ key }) => {
    const name = resolved(isNode(key) ? key : null, document);
    return isScalar(name) && String(name.value) === String(part);
  });
}

function resolved(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? node) : node;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(node: unknown): node is Node {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
}
