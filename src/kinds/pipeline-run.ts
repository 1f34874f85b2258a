import { address } from "../core/address.ts";
import type { Locator } from "../core/diagnostic.ts";
import { fingerprintOf } from "../core/fingerprint.ts";
import type { Analysis, Project } from "../core/ica.ts";
import { identityTags, parseIdentity, stackTag } from "../core/identity.ts";
import type { Kind } from "../core/kind.ts";
import type { Need } from "../core/need.ts";
import { effectiveMappings } from "../core/outputs.ts";
import { RERUN_DEFAULTS } from "../core/rerun-defaults.ts";
import type { Desired, Observed } from "../core/resource.ts";
import type { Sighting } from "../core/sightings.ts";
import type { Declared, PipelineRunSpec, RunInput, Tree } from "../core/spec.ts";
import { phaseOf } from "../core/status.ts";
import { asAnalysisTags, mergeTags } from "../core/tags.ts";
import { createRequest } from "./run-body.ts";
import { runIndex } from "./run-index.ts";
import { outputRefs, runNeeds } from "./run-needs.ts";
import { inputReadBack } from "./run-read-back.ts";
import { declaredSections, formerInputsOf } from "./run-sections.ts";

const KIND = "PipelineRun";

/** A run of a pipeline: an ICA analysis, known again by the technical tags of its create call. */
export const pipelineRun: Kind = {
  kind: KIND,

  projects(tree) {
    // The stack's own project is looked into even when nothing is declared any more: for orphans.
    const place = { locate: tree.stack.locate, path: ["spec", "project"] };
    const own = tree.stack.spec.project;
    const stack: Need[] = own === undefined ? [] : [{ type: "project", name: own, place }];
    const named = tree.runs.flatMap((run): Need[] => {
      const own = projectName(tree, run);
      const targets = effectiveMappings(run, runIndex(tree).mappings, tree.stack.spec.defaults);
      return [
        { type: "project", name: own.name, place: own.place },
        ...targets.flatMap((mapping): Need[] =>
          mapping.project === undefined
            ? []
            : [
                {
                  type: "project",
                  name: mapping.project,
                  place: { locate: mapping.locate, path: mapping.projectPath },
                },
              ],
        ),
      ];
    });
    // One need a project: the first document that names it speaks for all.
    return [
      ...new Map(
        [...stack, ...named].toReversed().map((need) => [need.type === "project" ? need.name : "", need]),
      ).values(),
    ];
  },

  desire: (tree, projectOf) =>
    tree.runs.flatMap((run) => {
      const project = projectOf(projectName(tree, run).name);
      return project === undefined ? [] : [desired(tree, run, project)];
    }),

  looksIn: "all",

  async *observe(reader, stack, projects) {
    for (const project of projects) {
      for await (const analysis of reader.analyses(project.id, stackTag(stack))) {
        const sighting = sightingOf(analysis, project, stack);
        if (sighting !== undefined) yield sighting;
      }
    }
  },

  needs({ tree, change, desired: item }) {
    const run = runIndex(tree).runs.get(item.name);
    if (run === undefined || item.project === undefined) return [];
    const needs = runNeeds(tree, run, item.project);
    if (change.action === "create" || change.action === "rerun") return needs;
    // What waits is looked up as far as it can be: a typo must not show only after its upstream was paid for. Its data
    // may be what the upstream is still to write.
    return change.action === "wait" ? needs.filter(({ type }) => type === "pipeline" || type === "storage") : [];
  },

  targets({ tree, desired: item, resolved }) {
    const run = runIndex(tree).runs.get(item.name);
    if (run === undefined) return [];
    return effectiveMappings(run, runIndex(tree).mappings, tree.stack.spec.defaults).flatMap((mapping) => {
      const project = mapping.project === undefined ? item.project : resolved.project(mapping.project);
      const { target, type, action, output } = mapping;
      return project === undefined ? [] : [{ project, target, type, action, path: ["spec", "outputs", output] }];
    });
  },

  readBack: inputReadBack,

  toStep(context) {
    const { tree, change, desired: item, observed, resolved } = context;
    const run = runIndex(tree).runs.get(item.name);
    if (run === undefined || item.project === undefined) return { diagnostics: [] };
    const tags = identityTags({
      stack: tree.stack.name,
      run: item.name,
      attempt: change.attempt ?? 1,
      fingerprint: item.fingerprint,
      reason: change.rerunReason,
    });
    if (change.action === "update" && observed !== undefined) {
      const declared = item.tags ?? { technicalTags: [], userTags: [], referenceTags: [] };
      // The sections of what is there stay as they were started; only the tags' own is renewed.
      const kept = { ...observed.fingerprint };
      if (item.fingerprint.tags === undefined) delete kept.tags;
      else kept.tags = item.fingerprint.tags;
      const own = identityTags({
        stack: tree.stack.name,
        run: item.name,
        attempt: observed.attempt,
        fingerprint: kept,
        formerly: formerNamesOf(observed, item.name),
      });
      const add = { ...declared, technicalTags: [...declared.technicalTags, ...own] };
      return {
        step: { type: "update-tags", projectId: item.project.id, analysisId: observed.id, add },
        diagnostics: [],
      };
    }
    if (change.action !== "create" && change.action !== "rerun") return { diagnostics: [] };
    return createRequest({ tree, run, project: item.project, attempt: change.attempt ?? 1, tags, change, resolved });
  },
};

function desired(tree: Tree, run: Declared<PipelineRunSpec>, project: Project): Desired {
  const sections = declaredSections(tree, run);
  const implied = outputRefs(run.spec).map((ref) => ref.output);
  const formerInputs = formerInputsOf(tree, sections.input as RunInput, implied);
  return {
    address: address(KIND, run.name),
    kind: KIND,
    name: run.name,
    formerNames: run.formerNames,
    project,
    sections,
    fingerprint: fingerprintOf(sections),
    ...(formerInputs.length === 0 ? {} : { formerInputs }),
    tags: asAnalysisTags(mergeTags(tree.stack.spec.defaults?.tags, run.spec.tags)),
    rerun: { ...RERUN_DEFAULTS, ...run.spec.rerun },
    dependsOn: [...new Set([...(run.spec.dependsOn ?? []), ...implied])],
    locate: run.locate,
  };
}

function sightingOf(analysis: Analysis, project: Project, stack: string): Sighting | undefined {
  // ICA may answer a tag search with more than was asked for (ica-facts: semantics unknown): compare again.
  const identity = parseIdentity(analysis.tags.technicalTags);
  if (identity === undefined || identity.stack !== stack) return undefined;
  return {
    kind: KIND,
    name: identity.run,
    id: analysis.id,
    project,
    attempt: identity.attempt,
    ...(identity.reason === undefined ? {} : { reason: identity.reason }),
    ...(identity.formerly === undefined ? {} : { formerly: identity.formerly }),
    fingerprint: identity.fingerprint,
    phase: phaseOf(analysis.status),
    status: analysis.status,
    reference: analysis.reference,
    ...(analysis.summary ? { summary: analysis.summary } : {}),
    timeCreated: analysis.timeCreated,
    timeModified: analysis.timeModified,
    ...(analysis.startDate ? { startDate: analysis.startDate } : {}),
    ...(analysis.endDate ? { endDate: analysis.endDate } : {}),
    tags: analysis.tags,
    readable: {
      pipeline: analysis.pipeline.code,
      ...(analysis.analysisStorage ? { storage: analysis.analysisStorage.name } : {}),
      userReference: analysis.userReference,
    },
  };
}

/** All names that a run has had, with the one that an update takes from it now. */
function formerNamesOf({ name, tags }: Observed, newName: string): string[] {
  const before = parseIdentity(tags?.technicalTags ?? [])?.formerly ?? [];
  return name === newName ? before : [...new Set([...before, name])];
}

function projectName(tree: Tree, run: Declared<PipelineRunSpec>): { name: string; place: Need["place"] } {
  if (run.spec.project !== undefined) {
    return { name: run.spec.project, place: { locate: run.locate, path: ["spec", "project"] } };
  }
  const locate: Locator = tree.stack.locate;
  return { name: tree.stack.spec.project ?? "", place: { locate, path: ["spec", "project"] } };
}
