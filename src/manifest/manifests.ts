import type { Diagnostic, Locator } from "../core/diagnostic.ts";
import { warningAt } from "../core/diagnostic.ts";
import { API_VERSION, classify, looksLikeOurs } from "./classify.ts";
import { type ReadDocument, readDocuments } from "./documents.ts";
import { firstOf } from "./finding.ts";
import { type ManifestKind, manifestKinds } from "./kinds.ts";
import { locatorOf } from "./locate.ts";
import { hideSecrets } from "./secrets.ts";
import type { Mistake, Source } from "./source.ts";
import { plainValue } from "./value.ts";

/** One icaform document as it was written, not yet validated. */
export interface Manifest {
  kind: ManifestKind;
  value: unknown;
  source: Source;
  locate: Locator;
  hasPlaceholders: boolean;
  /** Its YAML had mistakes, which are told, and `value` is not all that is written there. */
  isBroken: boolean;
}

export interface FileManifests {
  manifests: Manifest[];
  diagnostics: Diagnostic[];
  /** Nothing in it is ours: the file is passed over. */
  isForeign: boolean;
  /** Some document could not be made out at all, so that the names declared in the tree are not known completely. */
  isIncomplete: boolean;
}

/** The icaform documents of one file. A file without any is passed over, one that mixes is a mistake. */
export function manifestsOf(source: Source, isExplicit: boolean): FileManifests {
  const manifests: Manifest[] = [];
  const ours: Mistake[] = [];
  const syntax: Mistake[] = [];
  let isCutShort = false;
  const foreign: { offset: number; nearMiss?: Mistake }[] = [];
  for (const document of readDocuments(source.text)) {
    const what = classify(document.contents);
    if (what.type === "manifest") {
      const manifest = manifestFrom(source, document, what.kind);
      manifests.push(manifest.manifest);
      ours.push(...manifest.mistakes);
      // A quote that is never closed swallows the documents behind it.
      isCutShort ||= document.mistakes.length > 0;
      continue;
    }
    // Whatever it is, it may have been meant to be a credential.
    if (
      document.mistakes.length === 0 ||
      /StorageCred|secretAccess/i.test(source.text.slice(document.start, document.end))
    ) {
      hideSecrets(source, document.contents);
    }
    if (what.type === "broken") {
      ours.push(...(document.mistakes.length > 0 ? document.mistakes : [what.mistake]));
    } else if (document.mistakes.length > 0) syntax.push(...document.mistakes);
    else if (what.type === "foreign") foreign.push({ ...what, offset: document.contents?.range[0] ?? document.start });
  }
  const isOurs = manifests.length > 0 || ours.length > 0 || (syntax.length > 0 && looksLikeOurs(source.text));
  if (!isOurs) {
    const diagnostics = isExplicit ? syntax.map((mistake) => source.error(mistake)) : [];
    for (const { nearMiss } of foreign) if (nearMiss !== undefined) diagnostics.push(passedOver(source, nearMiss));
    return { manifests, diagnostics, isForeign: true, isIncomplete: diagnostics.length > 0 };
  }
  const mixed = firstOf(foreign.map(({ offset, nearMiss }) => nearMiss ?? mixedMistake(offset)));
  return {
    manifests,
    diagnostics: [...ours, ...syntax, ...mixed].map((mistake) => source.error(mistake)),
    isForeign: false,
    isIncomplete: syntax.length > 0 || mixed.length > 0 || isCutShort,
  };
}

function manifestFrom(source: Source, document: ReadDocument, kind: ManifestKind) {
  if (kind === "StorageCredential") hideSecrets(source, document.contents);
  const plain = plainValue(source, document.contents, manifestKinds[kind].asWritten);
  // Behind a syntax mistake, whatever else seems wrong is its echo.
  const mistakes = document.mistakes.length > 0 ? document.mistakes : firstOf(plain.mistakes);
  const manifest: Manifest = {
    kind,
    value: plain.value,
    source,
    locate: locatorOf(source, document.start, document.end),
    hasPlaceholders: plain.hasPlaceholders,
    isBroken: document.mistakes.length > 0 || !plain.isWhole,
  };
  return { manifest, mistakes };
}

/** A file that is nobody's but nearly ours: named, so that a run is not left out in silence (contract, "Manifests"). */
function passedOver(source: Source, { offset, code, message, help }: Mistake): Diagnostic {
  return warningAt(source.at(offset), code, `${message}, so this file is passed over`, help);
}

function mixedMistake(offset: number): Mistake {
  return {
    offset,
    code: "mixed-file",
    message: "this document is not icaform's, but others in this file are",
    help: `give it a file of its own, or start it with apiVersion: ${API_VERSION}`,
  };
}
