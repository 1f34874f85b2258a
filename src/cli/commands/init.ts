import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/errors.ts";
import { STACK_NAME } from "../../core/patterns.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { schemaFor } from "./schema.ts";

export interface InitOptions {
  ci: "github" | "gitlab" | "none";
  name?: string;
  project?: string;
}

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));

/** What is written for each choice of `--ci`: the file in the new repository, and the example that it is a copy of. */
const CI_FILES: Record<InitOptions["ci"], Record<string, string>> = {
  github: { ".github/workflows/icaform.yml": "ci/github-actions.yml" },
  gitlab: { ".gitlab-ci.yml": "ci/gitlab-ci.yml" },
  none: {},
};

/**
 * Writes a commented starter tree and the files of its CI into a folder. No file is ever overwritten: what is there is
 * named and left as it is, so that a second `init` only adds what is missing.
 */
export async function init(folder: string | undefined, options: InitOptions, io: Io): Promise<number> {
  const root = resolve(folder ?? ".");
  const declared = await declaredStack(join(root, STACK));
  if (declared !== undefined && (options.name ?? declared) !== declared) {
    throw new UsageError(`--name ${options.name}: ${STACK} names the stack ${declared} already`, "leave --name out");
  }
  const stack = declared ?? options.name ?? stackNameFrom(basename(root));
  if (!STACK_NAME.test(stack)) {
    throw new UsageError(`--name ${stack}: must be 1 to 63 of a-z, 0-9 and -`, "such as --name cohort-7");
  }
  const files: Record<string, string> = {
    [STACK]: "starter/manifests/stack.yaml",
    "manifests/runs.yaml": "starter/manifests/runs.yaml",
    ...CI_FILES[options.ci],
    ...(options.ci === "none" ? {} : { ".pre-commit-config.yaml": "ci/pre-commit-config.yaml" }),
  };
  const texts: Record<string, string> = { [SCHEMA]: `${JSON.stringify(await schemaFor(undefined))}\n` };
  for (const [file, example] of Object.entries(files)) {
    texts[file] = adapt(await readFile(join(EXAMPLES, example), "utf8"), stack, options.project);
  }
  for (const [file, text] of Object.entries(texts)) {
    const isNew = await writeNew(join(root, file), text);
    io.out(isNew ? `wrote  ${file}\n` : `left   ${file} (it was there already)\n`);
  }
  io.out(options.ci === "none" ? NEXT : NEXT + NEXT_IN_CI);
  return EXIT.done;
}

const STACK = "manifests/stack.yaml";

/** The stack of an earlier `init`: CI files that are added later are for that one. Undefined where none can be read. */
async function declaredStack(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const { parseAllDocuments } = await import("yaml");
  for (const document of parseAllDocuments(text)) {
    if (document.errors.length > 0 || document.get("kind") !== "Stack") continue;
    const name: unknown = document.getIn(["metadata", "name"]);
    if (typeof name === "string" && STACK_NAME.test(name)) return name;
  }
  return undefined;
}

/** By it editors complete and check the manifests; in a hidden folder, which is no part of the tree. */
const SCHEMA = ".icaform/manifest.schema.json";

const NEXT = `
Next: write your project and pipeline into manifests/, where it says "yours". Then
  icaform validate manifests    # offline
  icaform plan manifests        # with ICA_API_KEY set; \`icaform simulate\` is an ICA to try it on
`;

const NEXT_IN_CI = `
CI installs icaform from where you keep it: see the lines "yours" in the CI files, .pre-commit-config.yaml too.
`;

/** A folder's name as a stack's: "Cohort 7" is `cohort-7`. */
function stackNameFrom(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name.slice(0, 63) || "my-lab";
}

/** The example with the user's own names, and with the schema that lies beside it. Quoted: `---` and `7` are names. */
function adapt(text: string, stack: string, project: string | undefined): string {
  const named = text
    .replace(/(?<=^# yaml-language-server: \$schema=).*/, `../${SCHEMA}`)
    .replace("metadata: { name: my-lab }", `metadata: { name: ${JSON.stringify(stack)} }`)
    .replace(/STACK: my-lab +# yours: .*/, `STACK: ${JSON.stringify(stack)}`);
  if (project === undefined) return named;
  // A function, since a `$` of the name would otherwise be taken for a reference.
  return named.replace(/project: cohort-7-prod +# yours: .*/, () => `project: ${JSON.stringify(project)}`);
}

/** Whether it was written; false where there is a file already. @throws UsageError where it cannot be */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw unwritable(dirname(file), error);
  }
  return writeFile(file, text, { flag: "wx" }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw unwritable(file, error);
    },
  );
}

function unwritable(path: string, cause: unknown): UsageError {
  return new UsageError(
    `cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    "name a folder that can be written to",
    { cause },
  );
}
