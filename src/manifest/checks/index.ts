import type { Declarations } from "../declare.ts";
import type { Finding } from "../finding.ts";
import { checkCredentials } from "./credentials.ts";
import { checkCycles } from "./cycles.ts";
import { checkInputs } from "./inputs.ts";
import { checkMappings } from "./mappings.ts";
import { checkNames } from "./names.ts";
import { checkOverlaps } from "./overlaps.ts";
import { checkReferences } from "./references.ts";
import { checkSamples } from "./samples.ts";
import { checkStack } from "./stack.ts";
import { checkValues } from "./values.ts";

/** What no schema can say: how the documents of a tree fit together, and rules between keys of one document. */
export function check(declarations: Declarations, operatorHost?: string): Finding[] {
  return [
    ...checkStack(declarations, operatorHost),
    ...checkNames(declarations),
    ...checkReferences(declarations),
    ...checkCycles(declarations),
    ...checkCredentials(declarations),
    ...checkInputs(declarations),
    ...checkMappings(declarations),
    ...checkOverlaps(declarations),
    ...checkSamples(declarations),
    ...checkValues(declarations),
  ];
}
