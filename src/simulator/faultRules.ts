/** A rule by which the simulator misbehaves. Without `nth`, `every` and `probability` it fires on every match. */
export interface FaultRule {
  match: {
    method?: string;
    /** Tested against the path below `/ica/rest`. */
    path?: RegExp;
    /** Tested against the text of the body. */
    body?: RegExp;
    /** Name of a user. */
    user?: string;
    /** Only the n-th matching request, the first is 1. */
    nth?: number;
    /** Every n-th matching request. */
    every?: number;
    /** Between 0 and 1, drawn from the random seed. */
    probability?: number;
    /** At most so often. */
    times?: number;
  };
  fault: FaultKind;
  /** Of status-before, status-after and html. */
  status: number;
  /** Of slow: milliseconds, and on which side of the execution. */
  delay: number;
  when: "before" | "after";
  /** Of redirect. */
  location: string;
  /** Of status-before and status-after: Retry-After in seconds, if it is to be sent. */
  retryAfter: number | null;
}

/** A rule as it is written: path is a regular expression or its source, all but `fault` may be left out. */
export type FaultInput = Partial<Omit<FaultRule, "match" | "fault">> & {
  match?: Omit<FaultRule["match"], "path" | "body"> & { path?: RegExp | string; body?: RegExp | string };
  fault: FaultKind;
};

export const FAULT_KINDS = [
  "lose-request",
  "lose-answer",
  "status-before",
  "status-after",
  "conflict",
  "slow",
  "reset-mid-body",
  "html",
  "broken-json",
  "redirect",
  "expire-token",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * Reads one rule, `{ match: { method, path, body, user, nth, every, probability, times }, fault, … }`.
 *
 * @throws Error that says what is wrong with it
 */
export function readFaultRule(value: unknown): FaultRule {
  const rule = mapping(value, "a fault rule", ["match", "fault", "status", "delay", "when", "location", "retryAfter"]);
  const fault = FAULT_KINDS.find((kind) => kind === rule.fault);
  if (fault === undefined) throw new Error(`fault must be one of ${FAULT_KINDS.join(", ")}`);
  const status = integer(rule.status, "status") ?? (fault === "html" ? 502 : 503);
  if (status < 200 || status > 599) throw new Error("status must be between 200 and 599");
  if (rule.when !== undefined && rule.when !== "before" && rule.when !== "after")
    throw new Error("when must be before or after");
  const location = text(rule.location, "location") ?? "";
  if (fault === "redirect" && location === "") throw new Error("redirect needs a location");
  return {
    match: readMatch(rule.match ?? {}),
    fault,
    status,
    delay: integer(rule.delay, "delay") ?? 1000,
    when: rule.when ?? "before",
    location,
    retryAfter: integer(rule.retryAfter, "retryAfter") ?? null,
  };
}

/** Reads one rule or a list of them. */
export function readFaultRules(value: unknown): FaultRule[] {
  return (Array.isArray(value) ? value : [value]).map((rule: unknown) => readFaultRule(rule));
}

function readMatch(value: unknown): FaultRule["match"] {
  const match = mapping(value, "match", ["method", "path", "body", "user", "nth", "every", "probability", "times"]);
  const { probability } = match;
  if (probability !== undefined && !(typeof probability === "number" && probability >= 0 && probability <= 1)) {
    throw new Error("match.probability must be between 0 and 1");
  }
  return withoutUndefined({
    method: text(match.method, "match.method")?.toUpperCase(),
    path: pattern(match.path, "match.path"),
    body: pattern(match.body, "match.body"),
    user: text(match.user, "match.user"),
    nth: integer(match.nth, "match.nth"),
    every: integer(match.every, "match.every"),
    probability: typeof probability === "number" ? probability : undefined,
    times: integer(match.times, "match.times"),
  });
}

function mapping(value: unknown, what: string, keys: string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} must be a mapping`);
  const stranger = Object.keys(value).find((key) => !keys.includes(key));
  if (stranger !== undefined) throw new Error(`${what} has an unknown key ${stranger}; there are ${keys.join(", ")}`);
  return { ...value };
}

function pattern(value: unknown, name: string): RegExp | undefined {
  if (value instanceof RegExp) return value;
  const source = text(value, name);
  return source === undefined ? undefined : new RegExp(source);
}

function text(value: unknown, name: string): string | undefined {
  if (value !== undefined && typeof value !== "string") throw new Error(`${name} must be text`);
  return value;
}

function integer(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw new Error(`${name} must be a whole number`);
  return value;
}

function withoutUndefined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
