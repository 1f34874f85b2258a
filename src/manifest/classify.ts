import { isMap, isScalar, type Node } from "yaml";
import { closest, didYouMean } from "../core/suggest.ts";
import { isManifestKind, type ManifestKind, manifestKinds } from "./kinds.ts";
import { list, show } from "./show.ts";
import type { Mistake } from "./source.ts";

export const API_VERSION = "icaform/v1";

/** What a document is to us, judged by its `apiVersion` and `kind` alone. */
export type Classified =
  | { type: "empty" }
  | { type: "manifest"; kind: ManifestKind }
  /** Ours, but not to be used: of another version or of an unknown kind. */
  | { type: "broken"; mistake: Mistake }
  /** Somebody else's. `nearMiss`: or is it? */
  | { type: "foreign"; nearMiss?: Mistake };

export function classify(contents: Node | null): Classified {
  if (contents === null || (isScalar(contents) && contents.value === null)) return { type: "empty" };
  const version = entry(contents, "apiVersion");
  const kind = entry(contents, "kind");
  if (version === undefined) return foreignWithoutVersion(contents, kind);
  if (version.text === API_VERSION) return withKind(contents, kind);
  const mistake: Mistake = {
    offset: version.offset,
    code: "api-version",
    message: `${show(version.text)} is not a version of icaform manifests`,
    help: `did you mean \`${API_VERSION}\`?`,
  };
  if (/^icaform/i.test(version.text)) return { type: "broken", mistake };
  return closest(version.text.split("/", 1)[0] ?? "", ["icaform"]) === undefined
    ? { type: "foreign" }
    : { type: "foreign", nearMiss: mistake };
}

/** Whether a text that cannot be read as YAML was meant for us. */
export function looksLikeOurs(text: string): boolean {
  return /\bicaform\b/i.test(text);
}

function withKind(contents: Node, kind: Entry | undefined): Classified {
  if (kind !== undefined && isManifestKind(kind.text)) return { type: "manifest", kind: kind.text };
  const kinds = Object.keys(manifestKinds);
  const known = `known kinds are ${list(kinds)}`;
  if (kind === undefined) {
    const offset = contents.range?.[0] ?? 0;
    return { type: "broken", mistake: { offset, code: "missing-key", message: "`kind` is missing", help: known } };
  }
  const help = didYouMean(kind.text, kinds) ?? known;
  const message = `${show(kind.text)} is not a kind of manifest`;
  return { type: "broken", mistake: { offset: kind.offset, code: "unknown-kind", message, help } };
}

/** `kind: PipelineRun` alone is enough to suspect a forgotten line: such a run would be left out in silence. */
function foreignWithoutVersion(contents: Node, kind: Entry | undefined): Classified {
  if (kind === undefined || !isManifestKind(kind.text)) return { type: "foreign" };
  const offset = contents.range?.[0] ?? 0;
  const message = `this looks like a ${kind.text}, but \`apiVersion\` is missing`;
  return {
    type: "foreign",
    nearMiss: { offset, code: "api-version", message, help: `add apiVersion: ${API_VERSION}` },
  };
}

interface Entry {
  text: string;
  offset: number;
}

function entry(contents: Node, key: string): Entry | undefined {
  if (!isMap(contents)) return undefined;
  const value = contents.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
  if (!isScalar(value)) return undefined;
  return { text: typeof value.value === "string" ? value.value : (value.source ?? ""), offset: value.range?.[0] ?? 0 };
}
