import { list, nullable, object, oneOf, optional, type Reader, text, uuid } from "../read.ts";
import type { AnalysisTags, OutputMapping } from "../records.ts";
import { cwlInput, formInput, formValues, jsonInput, nextflowCustomInput } from "./inputs.ts";

/** The body of a create call, whatever its endpoint. */
export type CreateBody = ReturnType<(typeof CREATE_BODIES)["nextflow"]>;

const tag = nullable(text());

/** `CreateAnalysisTag`: every list may be null, and so may its items. */
const createTags = optional(
  object({ technicalTags: nullable(list(tag)), userTags: nullable(list(tag)), referenceTags: nullable(list(tag)) }),
);

const mapping = object({
  sourcePath: text(),
  type: optional(oneOf("FILE", "FOLDER")),
  targetProjectId: text(),
  targetPath: text(),
  actionOnExist: optional(oneOf("OVERWRITE", "RENAME", "SKIP")),
});

const logs = object({
  logsFolderId: nullable(text()),
  logsFolderPath: nullable(text({ pattern: /^\/([^/]+\/?)*$/, hint: "an absolute path" })),
});

const common = {
  userReference: text({
    min: 1,
    max: 255,
    pattern: /^[a-zA-Z0-9 _-]*(\/[a-zA-Z0-9 _-]+)*$/,
    hint: "^[a-zA-Z0-9 _-]*(/[a-zA-Z0-9 _-]+)*$",
  }),
  pipelineId: text({ min: 1 }),
  tags: createTags,
  analysisStorageId: nullable(uuid),
  outputParentFolderId: nullable(text()),
  logs: nullable(logs),
  analysisOutput: nullable(list(nullable(mapping))),
};

const activationCodeDetailId = nullable(uuid);

/** One body for each create endpoint, named like the endpoint. Only two take an activation code (ica-facts). */
export const CREATE_BODIES = {
  nextflow: unify(object({ ...common, analysisInput: formInput, activationCodeDetailId })),
  nextflowJson: unify(object({ ...common, inputFormValues: formValues }), "inputFormValues"),
  nextflowWithCustomInput: unify(object({ ...common, analysisInput: nextflowCustomInput })),
  cwl: unify(object({ ...common, analysisInput: cwlInput, activationCodeDetailId })),
  cwlWithStructuredInput: unify(object({ ...common, analysisInput: formInput })),
  cwlWithJsonInput: unify(object({ ...common, analysisInput: jsonInput })),
  cwlJson: unify(object({ ...common, inputFormValues: formValues }), "inputFormValues"),
};

export type CreateKind = keyof typeof CREATE_BODIES;

interface Common {
  userReference: string;
  pipelineId: string;
  tags: ReturnType<typeof createTags>;
  analysisStorageId: string | null;
  outputParentFolderId: string | null;
  logs: ReturnType<typeof logs> | null;
  analysisOutput: (ReturnType<typeof mapping> | null)[] | null;
  activationCodeDetailId?: string | null;
  analysisInput?: ReturnType<typeof formInput>;
  inputFormValues?: ReturnType<typeof formInput>;
}

/** Brings the bodies of all endpoints into one shape. */
function unify(reader: Reader<Common>, inputKey: "analysisInput" | "inputFormValues" = "analysisInput") {
  return (value: unknown, path = "") => {
    const body = reader(value, path);
    const input = body[inputKey];
    if (input === undefined) throw new Error(`${inputKey} was not read`);
    return {
      userReference: body.userReference,
      pipelineId: body.pipelineId,
      tags: plainTags(body.tags),
      storageId: body.analysisStorageId,
      outputParentFolderId: body.outputParentFolderId,
      logsFolderId: body.logs?.logsFolderId ?? null,
      logsFolderPath: body.logs?.logsFolderPath ?? null,
      mappings: (body.analysisOutput ?? []).filter((entry) => entry !== null).map(plainMapping),
      activationCodeDetailId: body.activationCodeDetailId ?? null,
      input: { ...input, inputKey },
    };
  };
}

function plainTags(tags: ReturnType<typeof createTags>): AnalysisTags {
  const words = (given: (string | null)[] | null | undefined): string[] =>
    (given ?? []).filter((word) => word !== null);
  return {
    technicalTags: words(tags?.technicalTags),
    userTags: words(tags?.userTags),
    referenceTags: words(tags?.referenceTags),
  };
}

/** "Overwrite (default)" (ica-api-page). */
function plainMapping(entry: ReturnType<typeof mapping>): OutputMapping {
  return { ...entry, type: entry.type ?? null, actionOnExist: entry.actionOnExist ?? "OVERWRITE" };
}
