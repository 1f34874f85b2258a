import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestOf } from "../core/digest.ts";
import { RefusedError, UsageError } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import { jsonText } from "../render/json.ts";
import { planJson } from "../render/plan-json.ts";

/** A saved plan: the plan, and how it was made, so that an apply makes it in the same way. */
export interface SavedPlan extends Plan {
  /** For an apply that names none. */
  paths: string[];
  options: PlanScope;
}

/** What a plan looks at and may do, as its flags said. */
export interface PlanScope {
  prune: boolean;
  targets: string[];
  /** Runs that are started once more, and why. */
  rerun?: { run: string; reason: string }[];
}

/** Written whole or not at all, readable by its owner alone. A plan holds no secret values. */
export async function savePlan(file: string, plan: Plan, paths: readonly string[], options: PlanScope): Promise<void> {
  const saved = { ...(JSON.parse(planJson(plan)) as Plan), paths: paths.length > 0 ? [...paths] : ["."], options };
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(`${jsonText(saved, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new UsageError(`--out ${file}: cannot be written`, undefined, { cause });
  }
}

/** The saved plan among a command's paths, whatever its name: a file that begins as a JSON object; manifests are YAML. */
export async function findPlanFile(paths: readonly string[]): Promise<string | undefined> {
  const plans: string[] = [];
  for (const path of paths) if (!/\.ya?ml$/.test(path) && (await beginsAsObject(path))) plans.push(path);
  if (plans.length > 1) throw new UsageError(`more than one plan given: ${plans.join(", ")}`);
  return plans[0];
}

/**
 * Reads a saved plan, checked against `schemas/plan.json`; its digest must be that of its own changes.
 *
 * @throws RefusedError for a newer format, and for a plan that was changed after it was saved
 * @throws UsageError for anything that is no plan
 */
export async function readPlan(file: string): Promise<SavedPlan> {
  const hint = "make one with: icaform plan --out FILE";
  const value: unknown = await readFile(file, "utf8")
    .then((text) => JSON.parse(text) as unknown)
    .catch((cause: unknown) => {
      throw new UsageError(`${file} is not a saved plan`, hint, { cause });
    });
  const version =
    typeof value === "object" && value !== null && "formatVersion" in value ? value.formatVersion : undefined;
  if (typeof version === "string" && !version.startsWith("1.")) {
    throw new RefusedError(`${file} has plan format ${version}; this icaform reads 1.x`);
  }
  const { Plan: validate } = await import("icaform:plan-validator");
  if (!validate(value)) {
    const [mistake] = validate.errors ?? [];
    throw new UsageError(`${file} is not a saved plan: ${mistake?.instancePath || "/"} is not as it should be`, hint);
  }
  const plan = value as SavedPlan;
  if (plan.digest === undefined) throw new UsageError(`${file} is what a plan printed of a tree with mistakes`, hint);
  if (digestOf(plan) !== plan.digest)
    throw new RefusedError(`${file} was changed after it was saved: its digest does not fit`);
  return { ...plan, paths: plan.paths ?? ["."], options: plan.options ?? { prune: false, targets: [] } };
}

async function beginsAsObject(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    return /^\s*\{/.test(await readFile(path, "utf8"));
  } catch {
    // Not there, or not readable: the manifest loader says so.
    return false;
  }
}
