type Path = readonly (string | number)[];

/** Reads one value of a seed; `path` is where it stands. */
export type SeedReader<T> = (value: unknown, path: Path) => T;

/** A mistake in a seed, and the path of the value (or key) that is wrong. */
export class SeedMistake extends Error {
  readonly path: Path;
  readonly atKey: boolean;

  constructor(path: Path, message: string, atKey = false) {
    super(message);
    this.name = "SeedMistake";
    this.path = path;
    this.atKey = atKey;
  }
}

/** Text; numbers and booleans are taken as they would be printed. */
export const string: SeedReader<string> = (value, path) => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw mistake(path, "must be text");
};

export const number: SeedReader<number> = (value, path) => {
  if (typeof value !== "number" || !(value >= 0)) throw mistake(path, "must be a number of 0 or more");
  return value;
};

export const flag: SeedReader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw mistake(path, "must be true or false");
  return value;
};

/** One of a few words. */
export function words<T extends string>(...choice: T[]): SeedReader<T> {
  return (value, path) => {
    const found = choice.find((word) => word === value);
    if (found === undefined) throw mistake(path, `must be one of ${choice.join(", ")}`);
    return found;
  };
}

export function listOf<T>(item: SeedReader<T>): SeedReader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw mistake(path, "must be a list");
    return value.map((entry: unknown, index) => item(entry, [...path, index]));
  };
}

/** A mapping with any keys, values as they are. */
export const anyMap: SeedReader<Record<string, unknown>> = (value, path) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw mistake(path, "must be a mapping");
  return value as Record<string, unknown>;
};

/** A mapping with these keys and no others. */
export function map<T extends object>(
  readers: { [Key in keyof T]-?: SeedReader<NonNullable<T[Key]>> },
  required: (keyof T & string)[],
): SeedReader<T> {
  const known = new Map<string, SeedReader<unknown>>(Object.entries(readers));
  return (given, path) => {
    const value = anyMap(given, path);
    const read = (key: string, entry: unknown): unknown => {
      const reader = known.get(key);
      if (reader !== undefined) return reader(entry, [...path, key]);
      throw new SeedMistake([...path, key], `unknown key ${key}; there are ${[...known.keys()].join(", ")}`, true);
    };
    const result = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(key, entry)])) as T;
    const missing = required.find((key) => !Object.hasOwn(value, key));
    if (missing !== undefined) throw mistake(path, `needs ${missing}`);
    return result;
  };
}

/** Gives the errors of another reader a place in the seed. */
export function at<T>(path: Path, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SeedMistake) throw error;
    throw new SeedMistake(path, `${nameOf(path)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function mistake(path: Path, message: string): SeedMistake {
  return new SeedMistake(path, `${nameOf(path)} ${message}`);
}

/** `data[3].size` */
function nameOf(path: Path): string {
  const name = path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join("");
  return name === "" ? "the seed" : name;
}
