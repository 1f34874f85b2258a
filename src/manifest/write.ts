import { Document, isMap, isPair, isScalar, isSeq, Scalar, visit } from "yaml";
import type { ImportedRun, Note } from "../core/imported.ts";
import { API_VERSION } from "./classify.ts";
import { printable } from "./show.ts";
import { escapeKey, escapePlaceholders } from "./template.ts";

type Path = readonly (string | number)[];

const LONGEST_COMMENT = 200;

/**
 * An imported run as a YAML document that the loader reads back as the very same run, whatever its strings hold, and
 * that is safe to print. Notes become comments at their places.
 */
export function writeRun({ name, analysis, spec, notes }: ImportedRun): string {
  const { id, reference, status, timeCreated } = analysis;
  const document = new Document(written({ apiVersion: API_VERSION, kind: "PipelineRun", metadata: { name }, spec }));
  for (const [path, text] of byPlace(notes)) comment(document, ["spec", ...path.map(writtenPart)], text);
  for (const path of [["metadata"], ["spec", "rerun", "ignoreChanges"]]) inFlow(document, path);
  return `# ${remark(`analysis ${id} of ICA, ${reference}: ${status}, created ${timeCreated}`)}\n${textOf(document)}`;
}

/** A new stack for imported runs. It starts nothing until its owner says so: what is imported has run already. */
export function writeStack(name: string, project: string): string {
  const spec = { project, policy: { maxCreates: 0 } };
  const document = new Document(written({ apiVersion: API_VERSION, kind: "Stack", metadata: { name }, spec }));
  comment(document, ["spec", "policy"], "what is imported has run already: raise maxCreates to start new runs");
  inFlow(document, ["metadata"]);
  return textOf(document);
}

/** The line by which editors find the schema. */
export function schemaLine(schema: string): string {
  return `# yaml-language-server: $schema=${encodeURI(schema)}\n`;
}

/** A copy whose strings and keys hold no placeholders, as the loader would fill them in. */
function written(value: unknown, path: Path = []): unknown {
  if (typeof value === "string") return escapePlaceholders(value, path);
  if (Array.isArray(value)) return value.map((item, index) => written(item, [...path, index]));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [escapeKey(key), written(member, [...path, key])]),
  );
}

function writtenPart(part: string | number): string | number {
  return typeof part === "string" ? escapeKey(part) : part;
}

function byPlace(notes: readonly Note[]): Map<Path, string> {
  const places = new Map<string, { path: Path; texts: string[] }>();
  for (const { path, text } of notes) {
    const place = places.get(path.join("\n"));
    if (place === undefined) places.set(path.join("\n"), { path, texts: [text] });
    else place.texts.push(text);
  }
  return new Map([...places.values()].map(({ path, texts }) => [path, texts.join("; ")]));
}

/** Behind a plain value, and above a list or map; where a place does not exist, at the innermost part that does. */
function comment(document: Document, path: Path, text: string): void {
  const remarked = ` ${remark(text)}`;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
    if (pair !== undefined && isScalar(pair.value)) pair.value.comment = joined(pair.value.comment, remarked);
    else if (pair !== undefined && isScalar(pair.key))
      pair.key.commentBefore = joined(pair.key.commentBefore, remarked);
    else comment(document, path.slice(0, -1), text);
  } else if (isSeq(parent) && typeof last === "number") {
    const item = parent.items[last];
    if (isScalar(item)) item.comment = joined(item.comment, remarked);
    else if (isMap(item)) item.commentBefore = joined(item.commentBefore, remarked);
  }
}

function joined(earlier: string | null | undefined, text: string): string {
  return earlier ? `${earlier};${text}` : text;
}

/** One line that nothing in it can end. */
function remark(text: string): string {
  const clean = printable(text).replace(/\s+/g, " ");
  return clean.length > LONGEST_COMMENT ? `${clean.slice(0, LONGEST_COMMENT)}…` : clean;
}

function inFlow(document: Document, path: Path): void {
  const node = document.getIn(path, true);
  if (isMap(node) || isSeq(node)) node.flow = true;
}

/** What a terminal or a reader could be deceived by: control characters, and marks that turn the reading direction. */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** White space at the ends of lines is what a block of lines keeps least reliably, and nobody sees. */
const UNSEEN = /^\s|[ \t]\n|\n\s$/;

function textOf(document: Document): string {
  visit(document, {
    Scalar(_key, scalar) {
      const { value } = scalar;
      if (typeof value !== "string") return;
      if (UNPRINTABLE.test(value) || UNSEEN.test(value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // Such characters are only left inside double quotes, where they may be written as escapes.
  return document.toString({ lineWidth: 0 }).replace(new RegExp(UNPRINTABLE, "gu"), escaped);
}

function escaped(character: string): string {
  return character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
