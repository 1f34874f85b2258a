/** Known secret values, to be blanked out of whatever is told: also of what a server quotes from a request. */
export interface Secrets {
  add(value: string): void;
  hide(text: string): string;
}

/** A shorter value would turn ordinary text into noise; nobody's secret is that short. */
const MIN_LENGTH = 4;

/** Starts with none. What is added is hidden from then on, as it is and as JSON writes it, once or twice quoted. */
export function knownSecrets(): Secrets {
  let values: string[] = [];
  return {
    add(value) {
      if (value.length < MIN_LENGTH) return;
      const quoted = JSON.stringify(value).slice(1, -1);
      const twice = JSON.stringify(quoted).slice(1, -1);
      // Longest first: a value that holds another one must not be left in pieces.
      values = [...new Set([...values, value, quoted, twice])].sort((left, right) => right.length - left.length);
    },
    hide: (text) => values.reduce((hidden, value) => hidden.replaceAll(value, "[secret]"), text),
  };
}
