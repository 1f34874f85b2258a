/** One of the stack's own rules: a JSON Schema that the plan JSON must satisfy (`policy.rules`). */
export interface PolicyRule {
  /** The schema's file, as the Stack names it. */
  file: string;
  /** What its author says to those who break it. */
  message: string;
  /** The file's content, as it was written. */
  schema: unknown;
  /** Where a plan breaks it; never longer than a few seconds, whatever the schema's patterns are. */
  breaches(plan: unknown): Breach[] | { unusable: string; help: string };
}

/** A place of the plan JSON (a JSON Pointer's keys) that a rule does not allow, and what it asks for there. */
export interface Breach {
  keys: readonly string[];
  detail: string;
}
