import type { Problem } from "icaform:validators";
import { firstOf, type ValueMistake } from "./finding.ts";
import { suggestionFor, wordProblem } from "./wording.ts";

type Path = readonly (string | number)[];

/** Keeps a document of 100,000 wrong keys from taking minutes: each problem is compared with others. */
const MOST_PROBLEMS = 1000;

/** Words all problems of a document, one message for each mistake. */
export function explain(problems: readonly Problem[], value: unknown): ValueMistake[] {
  const plain = withoutEchoes(withoutBranches(problems.slice(0, MOST_PROBLEMS)));
  const mistakes = new Map<string, ValueMistake>();
  for (const problem of plain) {
    const mistake = wordProblem(problem, pathOf(problem.instancePath, value));
    mistakes.set(JSON.stringify([mistake.path, mistake.what, mistake.message]), mistake);
  }
  return firstOf([...mistakes.values()]);
}

/** Of a choice, only the choice itself: why each of its branches did not fit is noise. */
function withoutBranches(problems: readonly Problem[]): Problem[] {
  const heads = problems.filter(({ keyword }) => keyword === "oneOf" || keyword === "anyOf");
  return problems.filter(
    (problem) =>
      !heads.some(
        (head) =>
          problem !== head &&
          problem.schemaPath.startsWith(`${head.schemaPath}/`) &&
          problem.instancePath.startsWith(head.instancePath),
      ),
  );
}

/** One mistake often breaks several rules at the same value: only the one that says most is kept. */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const byValue = new Map<string, Problem[]>();
  for (const problem of problems) {
    const beside = byValue.get(problem.instancePath);
    if (beside === undefined) byValue.set(problem.instancePath, [problem]);
    else beside.push(problem);
  }
  return problems.filter((problem) => !isEcho(problem, byValue.get(problem.instancePath) ?? []));
}

function isEcho(problem: Problem, beside: readonly Problem[]): boolean {
  const has = (keyword: string) => beside.some((other) => other.keyword === keyword);
  switch (problem.keyword) {
    case "oneOf":
    case "anyOf":
    case "minProperties":
    case "maxProperties":
      return has("additionalProperties") || has("required");
    case "required": {
      // A mistyped key is one mistake, although the right one is missing too.
      const { missingProperty } = problem.params;
      return beside.some(
        (other) => other.keyword === "additionalProperties" && suggestionFor(other) === missingProperty,
      );
    }
    case "type":
    case "additionalProperties":
      return false;
    default:
      return has("type");
  }
}

/** A JSON pointer as a path; an index is told from a key by what is there. */
function pathOf(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let here = value;
  for (const token of pointer.split("/").slice(1)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(here) ? Number(key) : key);
    here = typeof here === "object" && here !== null ? Reflect.get(here, key) : undefined;
  }
  return path;
}
