import { type Diagnostic, type Locator, warningAt } from "./diagnostic.ts";
import type { Tree } from "./spec.ts";

/** A run or sample that is declared on both sides. */
export interface DeclaredTwice {
  address: string;
  isMoved: boolean;
  locate: Locator;
}

/**
 * ICA knows runs and samples by stack, project and name (contract, "Identity"). Where one of the first two is changed, a
 * comparison of declarations shows one small difference, and an apply would create all of them once more.
 */
export function identityWarnings(
  before: Tree,
  after: Tree,
  declared: readonly DeclaredTwice[],
  ref: string,
): Diagnostic[] {
  return [...stackRenamed(before, after, declared, ref), ...projectChanged(before, after, declared, ref)];
}

function stackRenamed(before: Tree, after: Tree, declared: readonly DeclaredTwice[], ref: string): Diagnostic[] {
  const [was, is] = [before.stack.name, after.stack.name];
  if (was === is || declared.length === 0) return [];
  const message =
    `the stack was \`${was}\` at ${ref} and is \`${is}\` now: ICA knows runs and samples by their stack's name, so that ` +
    `${named(declared)} would be created anew, and nobody owns what \`${was}\` has there`;
  const help = `keep \`metadata: { name: ${was} }\`, unless all of it is meant to run again`;
  return [warningAt(after.stack.locate(["metadata", "name"]), "stack-renamed", message, help)];
}

function projectChanged(before: Tree, after: Tree, declared: readonly DeclaredTwice[], ref: string): Diagnostic[] {
  const moved = declared.filter(({ isMoved }) => isMoved);
  const [first] = moved;
  if (first === undefined) return [];
  const [are, they, have] = moved.length > 1 ? ["are", "they", "have"] : ["is", "it", "has"];
  const message =
    `${named(moved)} ${are} in another project than at ${ref}: ICA knows runs and samples by their project, so that ` +
    `${they} would be created anew there, and what ${they} ${have} in the old one stays there`;
  const help = `keep the old project, unless ${they} ${are} meant to run again; where both names mean one project nothing is created`;
  const isStacks = before.stack.spec.project !== after.stack.spec.project;
  const place = isStacks ? after.stack.locate : first.locate;
  return [warningAt(place(["spec", "project"]), "project-changed", message, help)];
}

function named(declared: readonly DeclaredTwice[]): string {
  const more = declared.length - 1;
  return `${declared[0]?.address}${more > 0 ? ` and ${more} more` : ""}`;
}
