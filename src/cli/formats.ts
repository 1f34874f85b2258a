/** What `plan --format` takes; apart from the command, so that asking for help does not load it. */
export const PLAN_FORMATS = ["text", "json", "markdown", "html"] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];
