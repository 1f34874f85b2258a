import type { Kind } from "../core/kind.ts";
import { pipelineRun } from "./pipeline-run.ts";
import { sampleBatch } from "./sample-batch.ts";
import { storageCredential } from "./storage-credential.ts";

/**
 * The kinds that are reconciled with ICA, in the order in which they are applied: credentials before the runs that
 * use them. Stack, OutputMapping and PipelineRunSet declare nothing of their own in ICA; they shape the runs.
 */
export const KINDS: readonly Kind[] = [storageCredential, sampleBatch, pipelineRun];
