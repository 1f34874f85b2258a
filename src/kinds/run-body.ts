import { address } from "../core/address.ts";
import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { CreateEndpoint } from "../core/ica.ts";
import { idempotencyKey } from "../core/identity.ts";
import type { Stepped } from "../core/kind.ts";
import { effectiveMappings } from "../core/outputs.ts";
import type { Declared, PipelineRunSpec } from "../core/spec.ts";
import { standInsOf } from "../core/stand-in.ts";
import { mergeTags } from "../core/tags.ts";
import type { CreateContext } from "./run-context.ts";
import { endpointFor, inputKindOf } from "./run-endpoint.ts";
import { runIndex } from "./run-index.ts";
import { activationInput, inputBody } from "./run-input.ts";
import { checkParameters } from "./run-parameters.ts";

/**
 * The create call of a run. Keys stand in the order of ICA's description and only where the user wrote something
 * (contract, "Endpoint chosen"), so that bodies are byte-identical from any machine. Also completes the change with
 * what the lookups told: endpoint, pipeline, storage.
 */
export function createRequest(context: CreateContext): Stepped {
  const { tree, run, project, attempt, change, resolved } = context;
  const { spec } = run;
  const pipeline = resolved.pipeline(project, spec.pipeline);
  const toBeFilledIn = standInMistakes(run);
  if (toBeFilledIn.length > 0) return { diagnostics: toBeFilledIn };
  // Lookups that failed have said so with the manifest's line.
  if (pipeline === undefined) return { diagnostics: [] };
  const hasActivationCode = typeof spec.activationCode === "string";
  const chosen = endpointFor(inputKindOf(spec.input), pipeline, hasActivationCode);
  if ("mistake" in chosen) {
    const at = run.locate(["spec", "input", inputKindOf(spec.input)], "key");
    return { diagnostics: [errorAt(at, "input-kind", chosen.mistake, chosen.help)] };
  }
  const mistakes = checkParameters(run, pipeline.code, resolved.parameters(project, spec.pipeline));
  if (mistakes.length > 0) return { diagnostics: mistakes };
  const storageName = spec.storage === undefined ? tree.stack.spec.defaults?.storage : spec.storage;
  const storage = typeof storageName === "string" ? resolved.storage(project, storageName) : undefined;
  change.endpoint = chosen.endpoint;
  change.pipeline = pipeline.code;
  const shownStorage = storage?.name ?? pipeline.analysisStorage?.name;
  if (shownStorage !== undefined) change.storage = shownStorage;
  if (storage === undefined) change.isPipelinesOwnStorage = true;
  if (typeof spec.activationCode === "string") change.activationCode = { id: spec.activationCode, isBestMatch: false };

  const body = {
    userReference: spec.userReference ?? run.name,
    pipelineId: pipeline.id,
    tags: tagsBody(context),
    ...(storageName === undefined ? {} : { analysisStorageId: storage?.id ?? null }),
    ...(spec.outputFolder === undefined ? {} : { outputParentFolderId: dataId(context, spec.outputFolder) }),
    ...(spec.logs === undefined ? {} : { logs: logsBody(context) }),
    ...(spec.outputs === undefined ? {} : { analysisOutput: spec.outputs === null ? null : outputsBody(context) }),
    ...inputBody(context, chosen.endpoint),
    ...(acceptsActivationCode(chosen.endpoint) && spec.activationCode !== undefined
      ? { activationCodeDetailId: spec.activationCode }
      : {}),
  };
  const key = idempotencyKey(tree.stack.name, project.id, run.name, attempt);
  return {
    step: { type: "create-analysis", projectId: project.id, endpoint: chosen.endpoint, body, idempotencyKey: key },
    diagnostics: [],
    ...(typeof spec.activationCode === "string"
      ? {}
      : {
          activation: {
            language: pipeline.language,
            projectId: project.id,
            pipelineId: pipeline.id,
            analysisInput: activationInput(context, pipeline.language),
          },
        }),
  };
}

/** What an import could not tell starts nothing: it would be paid for, and be another run than the one in ICA. */
function standInMistakes(run: Declared<PipelineRunSpec>): Diagnostic[] {
  return standInsOf(run.spec).map(({ value, path }) =>
    errorAt(
      run.locate(path),
      "stand-in-input",
      `the ${value} of ${address("PipelineRun", run.name)} is not known: a stand-in that \`icaform import\` wrote is here`,
      "fill it in before the run is started; what is in ICA already is adopted without it, by `icaform import --adopt`",
    ),
  );
}

function acceptsActivationCode(endpoint: CreateEndpoint): boolean {
  return endpoint === "analysis:nextflow" || endpoint === "analysis:cwl";
}

function tagsBody({ tree, run, tags }: CreateContext): unknown {
  const declared = mergeTags(tree.stack.spec.defaults?.tags, run.spec.tags);
  return {
    technicalTags: [...(declared.technical ?? []), ...tags],
    ...(declared.user === undefined ? {} : { userTags: declared.user }),
    ...(declared.reference === undefined ? {} : { referenceTags: declared.reference }),
  };
}

function logsBody(context: CreateContext): unknown {
  const { logs } = context.run.spec;
  if (logs === null || logs === undefined) return null;
  return {
    ...(logs.folder === undefined ? {} : { logsFolderId: dataId(context, logs.folder) }),
    ...(logs.path === undefined ? {} : { logsFolderPath: logs.path }),
  };
}

function outputsBody({ tree, run, project, resolved }: CreateContext): unknown[] {
  return effectiveMappings(run, runIndex(tree).mappings, tree.stack.spec.defaults).map((mapping) => ({
    sourcePath: mapping.source,
    type: mapping.type,
    targetProjectId: mapping.project === undefined ? project.id : resolved.project(mapping.project)?.id,
    targetPath: mapping.target,
    ...(mapping.isActionSet ? { actionOnExist: mapping.action } : {}),
  }));
}

function dataId({ resolved, project }: CreateContext, ref: string | null): string | null | undefined {
  return ref === null ? null : resolved.data(project, ref);
}
