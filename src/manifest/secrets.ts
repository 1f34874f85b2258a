import { isMap, isScalar, isSeq, type Node, visit } from "yaml";
import { isAwsKeyId } from "../core/secret-like.ts";
import type { Source } from "./source.ts";

const OPEN_KEYS = new Set(["apiVersion", "kind", "metadata", "spec", "name", "type", "share", "rotateAfter"]);
/** How many nodes are above a pair of `spec.accessKeyId`. */
const INSIDE_SECRET = 5;
const NAME_KEYS = new Set(["env", "file"]);
const SECRET_KEYS = new Set(["accessKeyId", "secretAccessKey"]);

/**
 * Keeps secrets that were written into a credential, against the rules, out of all code frames: whatever stands in a
 * place where a secret may have been meant, also under a mistyped key. Only names of secrets are shown.
 */
export function hideSecrets(source: Source, contents: Node | null): void {
  if (!isMap(contents)) return;
  visit(contents, {
    Pair(_, pair, ancestors) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      const isSecret = SECRET_KEYS.has(key);
      if (OPEN_KEYS.has(key) || (isSecret && isMap(pair.value))) return undefined;
      if (isNameOfSecret(key, pair.value, ancestors.length)) return visit.SKIP;
      // Inside `accessKeyId: {…}` even a key may be the secret, when its author forgot `env:`.
      if (ancestors.length >= INSIDE_SECRET && !NAME_KEYS.has(key)) hide(source, pair.key);
      hide(source, pair.value);
      return visit.SKIP;
    },
  });
}

/** Long random text in the place of a name is taken for the secret itself. */
function isNameOfSecret(key: string, value: unknown, depth: number): boolean {
  if (depth < INSIDE_SECRET || !isScalar(value)) return false;
  const text = String(value.value);
  if (key === "env") return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !isAwsKeyId(text);
  return key === "file" && /^[\w./-]+$/.test(text) && !/^[\w/+]{40}$/.test(text);
}

function hide(source: Source, node: unknown): void {
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
  if (node.range) source.hide(node.range[0], node.range[1]);
}
