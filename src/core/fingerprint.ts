import { canonicalJson, sha256 } from "./canonical.ts";

/**
 * The sections of a declared run or sample, in the order in which they are written and shown. Only what a user can
 * declare; project and name are its identity, not its content.
 */
export const SECTIONS = [
  "pipeline",
  "input",
  "outputs",
  "storage",
  "tags",
  "userReference",
  "activationCode",
  "outputFolder",
  "logs",
  "data",
  "complete",
] as const;

export type Section = (typeof SECTIONS)[number];

/** Section name → short hash. A section that is not declared is not there. */
export type Fingerprint = Partial<Record<Section, string>>;

/** 40 bits: one missed change in 10^12, and all sections of a run fit into one tag of less than 200 characters. */
const HASH_LENGTH = 10;

/** Hashes each declared section; `undefined` sections are left out. */
export function fingerprintOf(sections: Partial<Record<Section, unknown>>): Fingerprint {
  const fingerprint: Fingerprint = {};
  for (const section of SECTIONS) {
    const value = sections[section];
    if (value !== undefined) fingerprint[section] = sha256(canonicalJson(value)).slice(0, HASH_LENGTH);
  }
  return fingerprint;
}

/** `v1:pipeline-0a1b2c3d4e.input-…`: the value of the tag `icaform.spec`. */
export function encodeFingerprint(fingerprint: Fingerprint): string {
  const parts = SECTIONS.flatMap((section) =>
    fingerprint[section] === undefined ? [] : [`${section}-${fingerprint[section]}`],
  );
  return `v1:${parts.join(".")}`;
}

/** Undefined when the tag was written by a version of icaform that this one does not understand. */
export function decodeFingerprint(text: string): Fingerprint | undefined {
  if (!text.startsWith("v1:")) return undefined;
  const fingerprint: Fingerprint = {};
  for (const part of text.slice(3).split(".")) {
    if (part === "") continue;
    const dash = part.indexOf("-");
    const section = SECTIONS.find((name) => name === part.slice(0, dash));
    if (section === undefined) return undefined;
    fingerprint[section] = part.slice(dash + 1);
  }
  return fingerprint;
}

/** The sections that are not the same on both sides, in the order of `SECTIONS`. */
export function changedSections(desired: Fingerprint, observed: Fingerprint): Section[] {
  return SECTIONS.filter((section) => desired[section] !== observed[section]);
}
