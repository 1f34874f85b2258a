import { canonicalJson } from "./canonical.ts";
import { type DeclaredTwice, identityWarnings } from "./compare-warnings.ts";
import type { Diagnostic, Locator } from "./diagnostic.ts";
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

/** What is declared, after defaults, variables and fan-out, by address. */
type Declarations = Map<string, Declaration>;

interface Declaration {
  sections: Record<string, unknown>;
  /** Addresses that it had before it was renamed. */
  formerly: string[];
  /** Of a sample what it is known by in ICA, whatever batch it is declared in. */
  sample?: string;
  /** Of runs and samples: where. */
  locate?: Locator;
}

/** Compares what two trees declare, without any word of ICA. `before` undefined: there was nothing. */
export async function compareTrees(
  before: Tree | undefined,
  after: Tree,
  kinds: readonly Kind[],
  against: Comparison["against"],
): Promise<Comparison> {
  const was: Declarations = before === undefined ? new Map() : declarationsOf(before, kinds);
  const is = declarationsOf(after, kinds, before?.stack.name);
  const twice: DeclaredTwice[] = [];
  const changes: DeclaredChange[] = [];
  const kept = new Set<string>();
  let unchanged = 0;
  const samples = new Map(
    [...was].flatMap(([address, { sample }]) => (sample === undefined ? [] : [[sample, address]])),
  );
  for (const [address, { sections, formerly, sample = "", locate }] of is) {
    const names = [...formerly, samples.get(sample) ?? ""].filter((name) => !is.has(name));
    const earlier = [address, ...names].find((name) => was.has(name));
    if (earlier !== undefined) kept.add(earlier);
    const old = earlier === undefined ? undefined : was.get(earlier)?.sections;
    if (old !== undefined && locate !== undefined)
      twice.push({ address, isMoved: old.project !== sections.project, locate });
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
    diagnostics: before === undefined ? [] : identityWarnings(before, after, twice, against.ref),
  };
}

function order({ action }: DeclaredChange): number {
  return ["added", "changed", "removed"].indexOf(action);
}

/** @param stackBefore what the Stack was called, whatever it is called now: there is one a tree */
function declarationsOf(tree: Tree, kinds: readonly Kind[], stackBefore = tree.stack.name): Declarations {
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
      const place = project === undefined ? {} : { locate: item.locate };
      declared.set(address, { sections: Object.fromEntries(known), formerly, ...sample, ...place });
    }
  }
  declared.set(`Stack/${tree.stack.name}`, { sections: stackSections(tree), formerly: [`Stack/${stackBefore}`] });
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
