/** Known secret values, to be blanked out of whatever is told: also of what a server quotes from a request. */
export interface Secrets {
  add(value: string): void;
  hide(text: string): string;
  /** The same for what a server says of a request: also values of fewer than 4 characters, where they stand alone. */
  hideQuoted(text: string): string;
}

/** Blanked everywhere, a shorter value would make ordinary text unreadable, and be told by the gaps. */
const MIN_LENGTH = 4;

/** Starts with none. What is added is hidden from then on, as it is and as JSON writes it, once or twice quoted. */
export function knownSecrets(): Secrets {
  let values: string[] = [];
  const short = new Set<string>();
  const hide = (text: string) => values.reduce((hidden, value) => hidden.replaceAll(value, "[secret]"), text);
  return {
    add(value) {
      const quoted = JSON.stringify(value).slice(1, -1);
      if (value.length < MIN_LENGTH) {
        if (value !== "") short.add(quoted).add(value);
        return;
      }
      const twice = JSON.stringify(quoted).slice(1, -1);
      // Longest first: a value that holds another one must not be left in pieces.
      values = [...new Set([...values, value, quoted, twice])].sort((left, right) => right.length - left.length);
    },
    hide,
    hideQuoted(text) {
      if (short.size === 0) return hide(text);
      const alone = new RegExp(`(?<![\\p{L}\\p{N}])(?:${[...short].map(escaped).join("|")})(?![\\p{L}\\p{N}])`, "gu");
      return hide(text)
        .split("[secret]")
        .map((part) => part.replaceAll(alone, "[secret]"))
        .join("[secret]");
    },
  };
}

function escaped(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
