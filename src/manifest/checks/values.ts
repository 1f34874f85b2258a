import type { Declarations, DeclaredRun } from "../declare.ts";
import { type Finding, placed, type ValueMistake } from "../finding.ts";

/** What looks like a secret's reference inside `values`, which go to the pipeline as they stand. */
export function* checkValues({ runs }: Declarations): Generator<Finding> {
  for (const run of runs)
    for (const finding of placed(referencesIn(run), run)) yield { ...finding, severity: "warning" };
}

function* referencesIn({ spec }: DeclaredRun): Generator<ValueMistake> {
  for (const kind of ["custom", "json"] as const) {
    for (const path of pathsIn(spec.input[kind]?.values, ["spec", "input", kind, "values"])) {
      yield {
        path,
        code: "secret-in-values",
        message: `\`values\` hold no secrets: the pipeline gets this mapping as it stands, not what the variable holds`,
        help: "secrets can be given as parameters of a form, or of formValues; write another value if it is none",
      };
    }
  }
}

/** Where there is a mapping of nothing but `env` and the name of a variable. */
function* pathsIn(value: unknown, path: readonly (string | number)[]): Generator<(string | number)[]> {
  if (value === null || typeof value !== "object") return;
  const entries = Object.entries(value);
  const [first] = entries;
  if (
    entries.length === 1 &&
    first?.[0] === "env" &&
    typeof first[1] === "string" &&
    /^[A-Z_][A-Z0-9_]*$/.test(first[1])
  )
    yield [...path];
  for (const [key, member] of entries) yield* pathsIn(member, [...path, Array.isArray(value) ? Number(key) : key]);
}
