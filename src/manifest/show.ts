import { stripVTControlCharacters } from "node:util";

const LONGEST = 80;

/** A user's word in a message: in backticks, on one line, without anything that a terminal would act on. */
export function show(text: string): string {
  const characters = [...printable(text)];
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : characters.join("");
  return `\`${short}\``;
}

/** `spec.input.form.data[0]`; the document itself is "the document". */
export function showPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return "the document";
  const parts = path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    return index === 0 ? part : `.${part}`;
  });
  return show(parts.join(""));
}

/**
 * Text that is safe on a terminal: no escape sequences, control characters become spaces, invisible format characters
 * (such as those that turn the reading direction) become visible.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/[\p{Cf}\p{Cs}]/gu, "\uFFFD");
}

/** "a, b and c" */
export function list(words: readonly string[], conjunction = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}
