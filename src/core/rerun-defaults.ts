import type { RerunPolicy } from "./spec.ts";

/** Rerun policy where the user leaves it out (contract). */
export const RERUN_DEFAULTS: Required<RerunPolicy> = {
  onChange: true,
  onFailure: 0,
  onUpstream: false,
  ignoreChanges: [],
};
