/**
 * JSON for people's terminals and for programs: the same value as `JSON.stringify` gives, with the control characters
 * and direction marks that it leaves raw written as escapes.
 *
 * @param indent spaces; none for one line
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
