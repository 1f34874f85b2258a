import { Composer, type Document, type ParsedNode, Parser, type YAMLError } from "yaml";
import { printable } from "./show.ts";
import type { Mistake } from "./source.ts";

/** One YAML document of a file. `start` and `end` are its range in the text. */
export interface ReadDocument {
  contents: ParsedNode | null;
  start: number;
  end: number;
  mistakes: Mistake[];
}

const LONGEST_MESSAGE = 160;

/**
 * YAML 1.2, core schema, whatever a `%YAML` directive says. Duplicate keys are looked for by `value.ts`, which is
 * linear and names both places.
 */
export const yamlOptions = {
  version: "1.2",
  schema: "core",
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  strict: true,
  logLevel: "silent",
} as const;

/** Streams the documents of a text: no more than two are held at a time. */
export function* readDocuments(text: string): Generator<ReadDocument> {
  const composer = new Composer(yamlOptions);
  let end = 0;
  try {
    for (const token of new Parser().parse(text)) {
      for (const document of composer.next(token)) {
        const read = asRead(document, text);
        end = read.end;
        yield read;
      }
    }
    for (const document of composer.end()) yield asRead(document, text);
  } catch (error) {
    // The composer recurses; nothing but nesting of thousands of levels exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    yield { contents: null, start: end, end: text.length, mistakes: [tooDeep(end)] };
  }
}

function asRead(document: Document.Parsed, text: string): ReadDocument {
  const [start, , end] = document.range;
  return { contents: document.contents, start, end, mistakes: [...mistakesOf(document, text)] };
}

function* mistakesOf(document: Document.Parsed, text: string): Generator<Mistake> {
  const [first] = document.errors;
  // What follows the first mistake of a document is mostly its echo.
  if (first !== undefined) yield syntaxMistake(first, text);
  const { yaml } = document.directives;
  if (yaml.explicit === true && yaml.version !== "1.2") {
    yield {
      offset: document.range[0],
      code: "yaml-version",
      message: `manifests are YAML 1.2, this document says %YAML ${yaml.version}`,
      help: "remove the %YAML line; booleans are true and false only",
    };
  }
  for (const warning of document.warnings) {
    if (warning.code !== "TAG_RESOLVE_FAILED") continue;
    yield {
      offset: warning.pos[0],
      code: "yaml-tag",
      message: "YAML tags (!…) have no meaning in manifests",
      help: "remove the tag; to keep a number or true as text, quote it",
    };
  }
}

function tooDeep(offset: number): Mistake {
  return { offset, code: "yaml-too-deep", message: "values are nested too deeply to be read" };
}

function syntaxMistake(error: YAMLError, text: string): Mistake {
  const [offset] = error.pos;
  if (error.code === "TAB_AS_INDENT") {
    return {
      offset,
      code: "yaml-tab",
      message: "a tab stands where YAML wants spaces",
      help: "indent with spaces: YAML does not allow tabs there",
    };
  }
  if (error.code === "RESOURCE_EXHAUSTION") return tooDeep(offset);
  // The library's message may end in a piece of the text, which may be a secret; the code frame shows what may be shown.
  const message = printable(error.message.replace(/:? ".*$/s, "")).slice(0, LONGEST_MESSAGE);
  const help = hasPlaceholder(text, offset) ? quotePlaceholder : hints[error.code];
  return {
    offset,
    code: "yaml-syntax",
    message: `this is not YAML: ${message}`,
    ...(help === undefined ? {} : { help }),
  };
}

/** The brace of `${` ends plain text there, as YAML sees it: the most common mistake with placeholders. */
const quotePlaceholder = "inside { } and [ ], text with a ${…} in it needs quotes";

function hasPlaceholder(text: string, offset: number): boolean {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end).includes("${");
}

const quoteIt = "quote text that has ': ' or ' #' in it, or that starts with one of @ ` % & * ! | > { [ \" '";

const hints: Partial<Record<YAMLError["code"], string>> = {
  BAD_SCALAR_START: quoteIt,
  BLOCK_AS_IMPLICIT_KEY: quoteIt,
  MULTILINE_IMPLICIT_KEY: `check the indentation and the ':' behind the key; ${quoteIt}`,
  BAD_ALIAS: quoteIt,
  BAD_INDENT: "check the indentation: keys of one mapping start in the same column",
  MISSING_CHAR: "check that quotes and brackets are closed and that ': ' has its space",
};
