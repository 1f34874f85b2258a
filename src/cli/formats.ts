/** What options take that commands declare; apart from the commands, so that asking for help does not load them. */
export const PLAN_FORMATS = ["text", "json", "markdown", "html"] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];
