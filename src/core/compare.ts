import { canonicalJson } from "./canonical.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Kind } from "./kind.ts";
import { writePatches } from "./patch.ts";
import type { FieldChange, PatchOperation } from "./plan.ts";
import type { Tree } from "./spec.ts";

export type DeclaredAction = "added" | "changed" | "removed";

/** One declared thing that is not declared in the same way on both sides. */
export interface DeclaredChange {
  address: string;
  action: DeclaredAction;
  /** Section by section; secrets by reference, URLs without their signatures. */
  fields: FieldChange[];
  /** RFC 6902, from the earlier declaration to this one. */
  patch: PatchOperation[];
}

/** What two trees declare differently: `plan --against`. */
export interface Comparison {
  formatVersion: "1.0";
  stack: string;
  against: { ref: string; commit: string };
  summary: Record<DeclaredAction | "unchanged", number>;
  changes: DeclaredChange[];
  diagnostics: Diagnostic[];
}

/**
 * What is declared, after defaults, variables and fan-out, by address; a renamed thing under its former names too, and
 * of a sample what it is known by in ICA, whatever batch it is declared in.
 */
type Declarations = Map<string, { sections: Record<string, unknown>; formerly: string[]; sample?: string }>;

/** Compares what two trees declare, without any word of ICA. `before` undefined: there was nothing. */
export async function compareTrees(
  before: Tree | undefined,
  after: Tree,
  kinds: readonly Kind[],
  against: Comparison["against"],
): Promise<Comparison> {
  const was: Declarations = before === undefined ? new Map() : declarationsOf(before, kinds);
  const is = declarationsOf(after, kinds);
  const changes: DeclaredChange[] = [];
  const kept = new Set<string>();
  let unchanged = 0;
  const samples = new Map(
    [...was].flatMap(([address, { sample }]) => (sample === undefined ? [] : [[sample, address]])),
  );
  for (const [address, { sections, formerly, sample = "" }] of is) {
    const names = [...formerly, samples.get(sample) ?? ""].filter((name) => !is.has(name));
    const earlier = [address, ...names].find((name) => was.has(name));
    if (earlier !== undefined) kept.add(earlier);
    const old = earlier === undefined ? undefined : was.get(earlier)?.sections;
    const fields = fieldsOf(
      old === undefined ? {} : { ...old, name: earlier },
      old === undefined ? sections : { ...sections, name: address },
    );
    if (old !== undefined && fields.length === 0) unchanged += 1;
    else changes.push({ address, action: old === undefined ? "added" : "changed", fields, patch: [] });
  }
  for (const [address, { sections }] of was) {
    if (!kept.has(address)) changes.push({ address, action: "removed", fields: fieldsOf(sections, {}), patch: [] });
  }
  await writePatches(changes);
  const count = (action: DeclaredAction) => changes.filter((one) => one.action === action).length;
  return {
    formatVersion: "1.0",
    stack: after.stack.name,
    against,
    summary: { added: count("added"), changed: count("changed"), removed: count("removed"), unchanged },
    changes: changes.sort((left, right) => order(left) - order(right)),
    diagnostics: [],
  };
}

function order({ action }: DeclaredChange): number {
  return ["added", "changed", "removed"].indexOf(action);
}

function declarationsOf(tree: Tree, kinds: readonly Kind[]): Declarations {
  const declared: Declarations = new Map();
  for (const kind of kinds) {
    // Offline a project is what the manifest calls it.
    for (const item of kind.desire(tree, (name) => ({ id: name, name }))) {
      const { address, project, sections, dependsOn, rerun, freshAfter, formerNames } = item;
      const spec = tree.credentials.find((one) => kind.kind === one.kind && one.name === item.name)?.spec;
      const all = { project: project?.name, ...sections, ...spec, freshAfter: spec ? undefined : freshAfter };
      const own = kind.kind !== "PipelineRun" ? {} : { dependsOn: dependsOn.length > 0 ? dependsOn : undefined, rerun };
      const known = Object.entries({ ...all, ...own }).filter(([, value]) => value !== undefined);
      const formerly = formerNames.map((name) => `${kind.kind}/${name}`);
      const sample = item.sample === undefined ? {} : { sample: `${project?.name}/${item.name}` };
      declared.set(address, { sections: Object.fromEntries(known), formerly, ...sample });
    }
  }
  declared.set(`Stack/${tree.stack.name}`, { sections: stackSections(tree), formerly: [] });
  return declared;
}

/** All but the defaults, which show in what they hold for; rules by what is in their files, so that none is weakened unseen. */
function stackSections({ stack, rules }: Tree): Record<string, unknown> {
  const { server, project, limits, policy } = stack.spec;
  const schemas = rules.length > 0 ? Object.fromEntries(rules.map(({ file, schema }) => [file, schema])) : undefined;
  const sections = { server, project, limits, policy, rules: schemas };
  return Object.fromEntries(Object.entries(sections).filter(([, value]) => value !== undefined));
}

/** What differs as fingerprints see it: the order of keys is nobody's business. */
function fieldsOf(before: Record<string, unknown>, after: Record<string, unknown>): FieldChange[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter((path) => path in before !== path in after || canonicalJson(before[path]) !== canonicalJson(after[path]))
    .map((path) => ({
      path,
      ...(path in before ? { before: before[path] } : {}),
      ...(path in after ? { after: after[path] } : {}),
      sensitive: false,
    }));
}
