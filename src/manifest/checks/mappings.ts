import type { MappingSpec } from "../../core/spec.ts";
import type { Declarations } from "../declare.ts";
import { type Finding, placed, type ValueMistake } from "../finding.ts";

/** That source, target and type of each mapping fit together, in OutputMappings and in runs. */
export function* checkMappings({ mappings, runs }: Declarations): Generator<Finding> {
  for (const on of mappings) {
    for (const [index, mapping] of on.spec.mappings.entries()) {
      yield* placed(checkMapping(mapping, ["spec", "mappings", index]), on);
    }
  }
  for (const on of runs) {
    for (const [index, output] of (on.spec.outputs ?? []).entries()) {
      if (!("mapping" in output)) yield* placed(checkMapping(output, ["spec", "outputs", index]), on);
    }
  }
}

function* checkMapping({ source, target, type }: MappingSpec, path: (string | number)[]): Generator<ValueMistake> {
  if (type === "FILE") {
    for (const [key, value] of Object.entries({ source, target })) {
      if (!value.endsWith("/")) continue;
      yield {
        path: [...path, key],
        code: "mapping-type",
        message: `a FILE mapping's ${key} does not end with \`/\``,
        help: "remove the `/`, or say type: FOLDER",
      };
    }
  }
  for (const [key, value] of Object.entries({ source, target })) {
    if (!/(^|\/)\.{1,2}(\/|$)|\/\//.test(value)) continue;
    yield {
      path: [...path, key],
      code: `mapping-${key}`,
      message: `a mapping's ${key} has no \`.\`, \`..\` or empty part in it`,
      help: "write the path out",
    };
  }
}
