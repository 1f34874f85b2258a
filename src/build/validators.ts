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

const root = fileURLToPath(new URL("../../", import.meta.url));

const definitions = "definitions.json";
const schemaOf = {
  Stack: "stack.json",
  StorageCredential: "storage-credential.json",
  OutputMapping: "output-mapping.json",
  PipelineRun: "pipeline-run.json",
  SampleBatch: "sample-batch.json",
} as const;
const setSchema = { PipelineRunSet: "pipeline-run-set.json" } as const;
const planSchema = { Plan: "plan.json" } as const;

/** What every command loads at its start, and apart from it what only sets need, and only a saved plan. */
const modules: Record<string, () => Promise<Generated>> = {
  "icaform:validators": async () => bundle({ strict: await compile(schemaOf, withoutPlaceholders) }),
  "icaform:set-validator": async () => bundle({ relaxed: await compile(setSchema, (pattern) => pattern) }),
  "icaform:plan-validator": async () => bundle({ plan: await compile(planSchema, withoutPlaceholders) }),
};

interface Generated {
  code: string;
  /** Files of packages that the code holds; the bundle that takes it sees them no more. */
  inputs: string[];
}

/**
 * For esbuild: answers `import … from "icaform:validators"` and the like.
 *
 * @param onInput told of each file that generated code is made of
 */
export function validatorsPlugin(onInput: (file: string) => void): Plugin {
  const namespace = "icaform-validators";
  return {
    name: namespace,
    setup(builder) {
      builder.onResolve({ filter: /^icaform:[a-z-]+$/ }, ({ path }) => ({ path, namespace }));
      builder.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
        const generated = await modules[path]?.();
        generated?.inputs.forEach(onInput);
        return { contents: generated?.code ?? "", loader: "js" };
      });
    },
  };
}

/** For vite and vitest: the same modules. */
export function validatorsVitePlugin() {
  return {
    name: "icaform-validators",
    resolveId: (id: string) => (Object.hasOwn(modules, id) ? `\0${id}` : undefined),
    load: async (id: string) => (id.startsWith("\0") ? (await modules[id.slice(1)]?.())?.code : undefined),
  };
}

/**
 * Patterns in `schemas/` end in `|\$\{`, so that editors accept `${var.…}` and `${each.…}` anywhere. The tool validates
 * ordinary documents after substitution, where a left-over `${` is not a placeholder; only templates keep it.
 */
function withoutPlaceholders(pattern: string): string {
  return pattern.replace(/\|\^?\\\$\\\{$/, "");
}

interface PlaceholderAlone {
  pattern: string;
  patternErrorMessage: string;
  /** First what is wanted, then "string". */
  type: [string, "string"];
}

const PLACEHOLDER_ALONE = "^\\$\\{[^}]*\\}$";

/**
 * Where a number, true or false is wanted, editors accept a placeholder alone. The tool validates what it stands for, and
 * looks at templates by itself (`src/manifest/placeholder-types.ts`).
 */
function withoutPlaceholderAlone(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null || Reflect.get(schema, "pattern") !== PLACEHOLDER_ALONE)
    return schema;
  const { pattern, patternErrorMessage, type, ...rest } = schema as PlaceholderAlone;
  return { ...rest, type: type[0] };
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
  for (const file of [definitions, ...Object.values({ ...schemaOf, ...setSchema, ...planSchema })]) {
    const text = await readFile(`${root}schemas/${file}`, "utf8");
    const schema: object = JSON.parse(text, (key, value) =>
      key === "pattern" ? rewrite(value) : withoutPlaceholderAlone(value),
    );
    ajv.addSchema(schema, file);
  }
  return standalone.default(ajv, exported);
}

async function bundle(sources: Record<string, string>): Promise<Generated> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: Object.keys(sources).map(reexport).join("\n"), resolveDir: root, loader: "js" },
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: root,
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
  return { code: outputFiles.map((file) => file.text).join(""), inputs: Object.keys(metafile.inputs) };
}

function reexport(name: string): string {
  return `export * from "generated:${name}";`;
}
