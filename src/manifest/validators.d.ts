/** Made of `schemas/` at build time; see `src/build/validators.ts`. */
declare module "icaform:validators" {
  /** The part of a schema in which a mistake was found, as far as messages are worded from it. */
  export interface ProblemSchema {
    type?: string | string[];
    properties?: Record<string, unknown>;
    enum?: unknown[];
    oneOf?: { required?: string[] }[];
    examples?: unknown[];
    errorMessage?: string;
    patternErrorMessage?: string;
    "x-code"?: string;
  }

  /** A mistake as ajv tells it. `data` is the user's value: look at its type, never print it. */
  export interface Problem {
    keyword: string;
    instancePath: string;
    schemaPath: string;
    params: Record<string, unknown>;
    parentSchema: ProblemSchema;
    data: unknown;
  }

  export interface Validate {
    (value: unknown): boolean;
    errors?: Problem[] | null;
  }

  export const Stack: Validate;
  export const StorageCredential: Validate;
  export const OutputMapping: Validate;
  export const PipelineRun: Validate;
  export const SampleBatch: Validate;
}

/** The same for sets, where patterns allow placeholders. */
declare module "icaform:set-validator" {
  export const PipelineRunSet: import("icaform:validators").Validate;
}

/** The same for saved plans. */
declare module "icaform:plan-validator" {
  export const Plan: import("icaform:validators").Validate;
}
