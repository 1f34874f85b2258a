/** How the simulated server behaves where ICA's behaviour is unknown or can be configured. */
export interface Switches {
  rate: number;
  burst: number;
  rateScope: "key" | "endpoint";
  rateChange: { afterRequests?: number; afterSeconds?: number; rate: number } | null;
  retryAfter: "none" | "seconds" | "date";
  lockout: { after: number; seconds: number } | null;
  speed: number;
  defaultPageSize: number;
  maxPageSize: number;
  pageSizePolicy: "refuse" | "clamp";
  lastPageToken: "null" | "empty" | "absent";
  duplicateCredentialNames: "conflict" | "second";
  duplicateSampleNames: "conflict" | "second";
  updateSecretsMovesTimeModified: boolean;
  tagSearch: { combine: "and" | "or"; match: "exact" | "substring" | "prefix"; caseSensitive: boolean };
  maxTagLength: number;
  createTargetFolders: boolean;
  listingLag: number;
  jwtLifetime: number;
  v3Only: boolean;
  abortDelay: number;
  batchDelay: number;
}

interface Switch<T> {
  initial: T;
  /** The value in `--help`. */
  value: string;
  help: string;
  /** Throws an `Error` whose message ends the sentence "switches.name …". */
  read: (value: unknown) => T;
}

const unlimited = Number.POSITIVE_INFINITY;

/** Every switch: its default, its help and how it is read, for flags and seeds alike. */
export const SWITCHES: { [Name in keyof Switches]: Switch<Switches[Name]> } = {
  rate: { initial: unlimited, value: "n", help: "requests per second, then 429 (default: no limit)", read: positive },
  burst: {
    initial: 0,
    value: "n",
    help: "requests at once before the rate counts (default: the rate, at least 1)",
    read: count,
  },
  rateScope: choice(["key", "endpoint"], "one limit for each user, or for each user and endpoint"),
  rateChange: {
    initial: null,
    value: "parts",
    help: "change the rate in the middle: afterRequests=n,rate=n or afterSeconds=n,rate=n",
    read: readRateChange,
  },
  retryAfter: choice(["none", "seconds", "date"], "what a 429 says in Retry-After"),
  lockout: {
    initial: null,
    value: "parts",
    help: "lock a user out for some seconds after n 429s in a row, say after=20,seconds=60",
    read: (value) => {
      const { after, seconds } = fields(value, ["after", "seconds"]);
      return { after: count(after), seconds: positive(seconds) };
    },
  },
  speed: {
    initial: 60,
    value: "n",
    help: "simulated seconds of analyses per real second; 0: they stand still, inf: done at once (default: 60)",
    read: readSpeed,
  },
  defaultPageSize: {
    initial: 1000,
    value: "n",
    help: "rows of a page when pageSize is absent (default: 1000)",
    read: count,
  },
  maxPageSize: { initial: 1000, value: "n", help: "largest pageSize (default: 1000)", read: count },
  pageSizePolicy: choice(["refuse", "clamp"], "what happens to a larger pageSize"),
  lastPageToken: choice(["null", "empty", "absent"], "nextPageToken of the last page"),
  duplicateCredentialNames: choice(["conflict", "second"], "a credential's name used twice: 409, or a second record"),
  duplicateSampleNames: choice(["conflict", "second"], "a sample's name used twice: refused, or a second sample"),
  updateSecretsMovesTimeModified: toggle(true, "whether :updateSecrets moves a credential's timeModified"),
  tagSearch: {
    initial: { combine: "and", match: "exact", caseSensitive: true },
    value: "parts",
    help: "how analyses are found by tag: combine=and|or,match=exact|substring|prefix,caseSensitive=true|false (default: and, exact, true)",
    read: readTagSearch,
  },
  maxTagLength: {
    initial: unlimited,
    value: "n",
    help: "longest tag, longer ones are refused with 400 (default: none)",
    read: count,
  },
  createTargetFolders: toggle(true, "whether a missing folder of an output mapping is created; if not, the run fails"),
  listingLag: {
    initial: 0,
    value: "ms",
    help: "how long a new analysis is missing in lists, though not in GET by id",
    read: atLeastZero,
  },
  jwtLifetime: {
    initial: 3600,
    value: "s",
    help: "lifetime of a token of POST /api/tokens (default: 3600)",
    read: positive,
  },
  v3Only: toggle(true, "whether V3 answers map newer statuses to the old set, as their description says"),
  abortDelay: {
    initial: 0,
    value: "s",
    help: "simulated seconds until :abort shows as ABORTING (default: 0)",
    read: atLeastZero,
  },
  batchDelay: {
    initial: 200,
    value: "ms",
    help: "how long a batch takes: its items are shown as RUNNING, its samples come one after the other (default: 200)",
    read: atLeastZero,
  },
};

/** All switches as they are without a flag. */
export function initialSwitches(): Switches {
  const result: Partial<Switches> = {};
  for (const name of switchNames()) copyInitial(result, name);
  return result as Switches;
}

export function switchNames(): (keyof Switches)[] {
  return Object.keys(SWITCHES) as (keyof Switches)[];
}

/**
 * Reads switches from a seed's `switches:`, from flags (`a=b,c=d` for those with parts) or from the control endpoint.
 *
 * @throws Error "name …" for an unknown name or a wrong value
 */
export function readSwitches(values: Record<string, unknown>): Partial<Switches> {
  const result: Partial<Switches> = {};
  for (const [name, value] of Object.entries(values)) {
    const known = switchNames().find((candidate) => candidate === name);
    if (known === undefined) throw new Error(`${name} is no switch; there are ${switchNames().join(", ")}`);
    try {
      assign(result, known, value);
    } catch (error) {
      throw new Error(`${name} ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return result;
}

function assign<Name extends keyof Switches>(target: Partial<Switches>, name: Name, value: unknown): void {
  target[name] = SWITCHES[name].read(value);
}

function copyInitial<Name extends keyof Switches>(target: Partial<Switches>, name: Name): void {
  target[name] = SWITCHES[name].initial;
}

function choice<T extends string>(words: [T, ...T[]], help: string): Switch<T> {
  return {
    initial: words[0],
    value: words.join("|"),
    help: `${help} (default: ${words[0]})`,
    read: (value) => word(value, words),
  };
}

function toggle(initial: boolean, help: string): Switch<boolean> {
  return { initial, value: "true|false", help: `${help} (default: ${initial})`, read: truth };
}

function word<T extends string>(value: unknown, words: readonly T[]): T {
  const text = value === null ? "null" : String(value);
  const found = words.find((candidate) => candidate === text);
  if (found === undefined) throw new Error(`must be one of ${words.join(", ")}`);
  return found;
}

function truth(value: unknown): boolean {
  return word(value, ["true", "false"]) === "true";
}

function atLeastZero(value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !(number >= 0) || number === unlimited)
    throw new Error("must be a number of 0 or more");
  return number;
}

function positive(value: unknown): number {
  const number = atLeastZero(value);
  if (number === 0) throw new Error("must be more than 0");
  return number;
}

function count(value: unknown): number {
  const number = positive(value);
  if (!Number.isInteger(number)) throw new Error("must be a whole number");
  return number;
}

function readSpeed(value: unknown): number {
  if (value === unlimited || value === "inf" || value === "Infinity") return unlimited;
  return atLeastZero(value);
}

function readRateChange(value: unknown): Switches["rateChange"] {
  const { afterRequests, afterSeconds, rate } = fields(value, ["afterRequests", "afterSeconds", "rate"]);
  if ((afterRequests === undefined) === (afterSeconds === undefined)) {
    throw new Error("needs one of afterRequests and afterSeconds");
  }
  return afterRequests === undefined
    ? { afterSeconds: positive(afterSeconds), rate: positive(rate) }
    : { afterRequests: count(afterRequests), rate: positive(rate) };
}

function readTagSearch(value: unknown): Switches["tagSearch"] {
  const { combine, match, caseSensitive } = fields(value, ["combine", "match", "caseSensitive"]);
  return {
    combine: word(combine ?? "and", ["and", "or"]),
    match: word(match ?? "exact", ["exact", "substring", "prefix"]),
    caseSensitive: truth(caseSensitive ?? true),
  };
}

/** The parts of a switch that has several: an object, or the text `a=b,c=d`. */
function fields(value: unknown, names: string[]): Record<string, unknown> {
  const entries =
    typeof value === "string"
      ? value.split(",").map((part): [string, unknown] => {
          const [name = "", ...rest] = part.split("=");
          return [name.trim(), rest.join("=").trim()];
        })
      : typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value)
        : [];
  const stranger = entries.find(([name]) => !names.includes(name));
  if (entries.length === 0 || stranger !== undefined) throw new Error(`must give ${names.join(", ")}`);
  return Object.fromEntries(entries);
}
