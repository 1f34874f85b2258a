import type { FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";

/** What is to be done to a credential that is there: new secrets, sharing, or both. */
export function staleReason(
  desired: Desired,
  observed: Observed,
  options: { rotate: ReadonlySet<string>; share: ReadonlySet<string> },
): { reason: string; fields: FieldChange[] } | undefined {
  if (desired.kind !== "StorageCredential") return undefined;
  const reasons: string[] = [];
  const fields: FieldChange[] = [];
  const isDue = desired.freshAfter !== undefined && Date.parse(observed.timeModified) < Date.parse(desired.freshAfter);
  if (options.rotate.has(desired.name) || isDue) {
    reasons.push(isDue ? `secrets are older than rotateAfter ${desired.freshAfter}` : "--rotate asks for it");
    const after = desired.freshAfter ?? "now";
    fields.push({ path: "secrets", before: observed.timeModified, after, sensitive: true });
  }
  if (options.share.has(desired.name)) {
    reasons.push("--share asks for it");
    fields.push({ path: "share", after: true, sensitive: false });
  }
  return fields.length === 0 ? undefined : { reason: reasons.join(", "), fields };
}
