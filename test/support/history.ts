import { identityTags } from "../../src/core/identity.ts";
import type { Desired } from "../../src/core/resource.ts";
import { pipelineRun } from "../../src/kinds/pipeline-run.ts";
import { loadTree } from "../../src/manifest/load.ts";
import type { SeedAnalysis } from "../../src/simulator/seedTypes.ts";
import { IDS } from "./world.ts";

/** The runs of a tree as the tool compares them, by name; every project is `prod`. */
export async function desiredRuns(folder: string): Promise<Map<string, Desired>> {
  const { tree, diagnostics } = await loadTree({ paths: ["."], cwd: folder });
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  const desired = pipelineRun.desire(tree, () => ({ id: IDS.prod, name: "prod" }));
  return new Map(desired.map((item) => [item.name, item]));
}

/** An analysis in ICA as an earlier apply of `stack` would have left it. */
export function leftBy(
  stack: string,
  run: Pick<Desired, "name" | "fingerprint" | "tags">,
  more: Partial<SeedAnalysis> & { attempt?: number } = {},
): SeedAnalysis {
  const { attempt = 1, ...rest } = more;
  const identity = identityTags({ stack, run: run.name, attempt, fingerprint: run.fingerprint });
  const { technicalTags = [], userTags = [], referenceTags = [] } = run.tags ?? {};
  return {
    project: "prod",
    pipeline: "nf",
    userReference: run.name,
    status: "SUCCEEDED",
    timeCreated: "2026-10-01T00:00:00Z",
    tags: { technicalTags: [...technicalTags, ...identity], userTags, referenceTags },
    ...rest,
  };
}
