/**
 * Turns `schemas/` into code at build time, so that no schema is compiled, and no ajv loaded, when a command runs.
 * The result is offered to the bundler and to the tests as the module `icaform:validators`.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import formats from "ajv-formats";
import { build, type Plugin } from "esbuild";

const moduleName = "icaform:validators";
const root = fileURLToPath(new URL("../../", import.meta.url));

const schemaOf = {
  Stack: "stack.json",
  StorageCredential: "storage-credential.json",
  OutputMapping: "output-mapping.json",
  PipelineRun: "pipeline-run.json",
  PipelineRunSet: "pipeline-run-set.json",
  Plan: "plan.json",
} as const;

/** The text of one self-contained ES module that exports a validate function for each kind. */
export async function generateValidators(): Promise<string> {
  const { PipelineRunSet, ...ordinary } = schemaOf;
  const strict = await compile(ordinary, withoutPlaceholders);
  const relaxed = await compile({ PipelineRunSet }, (pattern) => pattern);
  return bundle({ strict, relaxed });
}

/** For esbuild: answers `import … from "icaform:validators"`. */
export function validatorsPlugin(): Plugin {
  return {
    name: moduleName,
    setup(builder) {
      builder.onResolve({ filter: /^icaform:validators$/ }, ({ path }) => ({ path, namespace: moduleName }));
      builder.onLoad({ filter: /.*/, namespace: moduleName }, async () => ({
        contents: await generateValidators(),
        loader: "js",
      }));
    },
  };
}

/** For vite and vitest: the same module. */
export function validatorsVitePlugin() {
  const resolved = `\0${moduleName}`;
  return {
    name: moduleName,
    resolveId: (id: string) => (id === moduleName ? resolved : undefined),
    load: (id: string) => (id === resolved ? generateValidators() : undefined),
  };
}

/**
 * Patterns in `schemas/` end in `|\$\{`, so that editors accept `${var.…}` and `${each.…}` anywhere. The tool validates
 * ordinary documents after substitution, where a left-over `${` is not a placeholder; only templates keep it.
 */
function withoutPlaceholders(pattern: string): string {
  return pattern.replace(/\|\^?\\\$\\\{$/, "");
}

/** `verbose` hands the schema around a mistake to `src/manifest/explain.ts`, which words the message from it. */
async function compile(exported: Record<string, string>, rewrite: (pattern: string) => string): Promise<string> {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
  ajv.addVocabulary(["patternErrorMessage", "errorMessage", "x-code"]);
  formats.default(ajv, ["date-time"]);
  for (const file of ["definitions.json", ...Object.values(schemaOf)]) {
    const text = await readFile(`${root}schemas/${file}`, "utf8");
    const schema: object = JSON.parse(text, (key, value) => (key === "pattern" ? rewrite(value) : value));
    ajv.addSchema(schema, file);
  }
  return standalone.default(ajv, exported);
}

async function bundle(sources: Record<string, string>): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: Object.keys(sources).map(reexport).join("\n"), resolveDir: root, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    plugins: [
      {
        name: "generated",
        setup(builder) {
          builder.onResolve({ filter: /^generated:/ }, ({ path }) => ({ path, namespace: "generated" }));
          builder.onLoad({ filter: /.*/, namespace: "generated" }, ({ path }) => ({
            contents: sources[path.slice("generated:".length)] ?? "",
            resolveDir: root,
            loader: "js",
          }));
        },
      },
    ],
  });
  return outputFiles.map((file) => file.text).join("");
}

function reexport(name: string): string {
  return `export * from "generated:${name}";`;
}
