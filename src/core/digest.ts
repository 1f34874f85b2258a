import { createHash } from "node:crypto";
import { byCodeUnit } from "./address.ts";
import { canonicalJson } from "./canonical.ts";
import type { Change } from "./plan.ts";

/** All that a digest looks at: the plan's identity, and of each change what would be done with which fingerprint. */
export interface DigestInput {
  stack: string;
  server: string;
  changes: readonly DigestChange[];
}

type DigestChange = Pick<
  Change,
  "address" | "project" | "action" | "attempt" | "fingerprint" | "patch" | "timeCreated"
>;

/**
 * `sha256:…` over what the plan would do. It depends on actions and fingerprints only: the same on every machine,
 * whatever the order of keys, documents or pages. What is only reported (orphans, no-ops) does not count. The entries
 * are summed as numbers, so that their order cannot matter.
 */
export function digestOf(input: DigestInput): string {
  return seal(input, totalOf(input));
}

/**
 * Whether a fresh plan is the one of which only the digest is known, or what is left of it. What has been done since
 * the review was created after everything that was there at the review: taking the newest back, one after the other,
 * must lead to the reviewed plan. Changes in place (tags, secrets) leave no such trace; a plan of which one is done
 * and others are not has to be reviewed again.
 */
export function isLeftOf(reviewed: string, input: DigestInput): boolean {
  let total = totalOf(input);
  if (seal(input, total) === reviewed) return true;
  const done = input.changes.filter((change) => change.action === "no-op" && change.timeCreated !== undefined);
  for (const change of done.sort(byNewest)) {
    total += entryHash({ ...change, action: "create" });
    if (seal(input, total) === reviewed) return true;
  }
  return false;
}

function byNewest(left: DigestChange, right: DigestChange): number {
  return byCodeUnit(right.timeCreated ?? "", left.timeCreated ?? "") || byCodeUnit(left.address, right.address);
}

function totalOf(input: DigestInput): bigint {
  return input.changes.reduce((total, change) => total + entryHash(change), 0n);
}

function seal(input: { stack: string; server: string }, total: bigint): string {
  const text = canonicalJson(["icaform/digest/1", input.stack, input.server, (total & MASK).toString(16)]);
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** 512 bits, since a sum of hashes is weaker than the hash itself. */
const MASK = (1n << 512n) - 1n;

function entryHash(change: DigestChange): bigint {
  if (change.action === "no-op" || change.action === "orphan") return 0n;
  // What waits today starts once its upstream has succeeded: the review of the one is the review of the other.
  const action =
    change.action === "wait" || change.action === "create" || change.action === "rerun" ? "start" : change.action;
  const entry = [change.address, change.project ?? null, action, change.attempt ?? null, change.fingerprint ?? null];
  const patch = change.action === "update" ? change.patch : [];
  return BigInt(
    `0x${createHash("sha512")
      .update(canonicalJson([...entry, patch]))
      .digest("hex")}`,
  );
}
