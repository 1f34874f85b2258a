import { SECTIONS, type Section } from "./fingerprint.ts";
import type { FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { shownTags } from "./tags.ts";

/** All declared sections of what is to be created: there is no "before". */
export function createdFields(desired: Desired): FieldChange[] {
  return SECTIONS.flatMap((section) =>
    desired.sections[section] === undefined
      ? []
      : [{ path: section, after: desired.sections[section], sensitive: false }],
  );
}

/** The named sections: before as far as ICA tells it, after as declared. */
export function changedFields(desired: Desired, observed: Observed, sections: readonly Section[]): FieldChange[] {
  const readable = { ...observed.readable, ...(observed.tags ? { tags: shownTags(observed.tags) } : {}) };
  return sections.map((section) => ({
    path: section,
    ...(readable[section] === undefined ? {} : { before: readable[section] }),
    ...(desired.sections[section] === undefined ? {} : { after: desired.sections[section] }),
    sensitive: false,
  }));
}

/** `input.form.parameters.sample_id`; a key with other characters than a name's stands in brackets and quotes. */
export function pathOfKeys(keys: readonly string[]): string {
  return keys
    .map((key, index) => (/^[\w-]+$/.test(key) ? `${index === 0 ? "" : "."}${key}` : `[${JSON.stringify(key)}]`))
    .join("");
}

/** The keys that `pathOfKeys` made a path of. */
export function keysOfPath(path: string): string[] {
  const parts = path.match(/\["(?:[^"\\]|\\.)*"\]|[\w-]+/g) ?? [];
  return parts.map((part) => (part.startsWith("[") ? String(JSON.parse(part.slice(1, -1))) : part));
}
