/** The layers of the guarantee: where each stands in the code, and an edit that takes it away. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/cli.ts";

export interface Layer {
  name: string;
  file: string;
  /** Stands in the file once. */
  from: string;
  to: string;
}

export const LAYERS: readonly Layer[] = [
  {
    name: "List before creating",
    file: "src/kinds/pipeline-run.ts",
    from: "if (sighting !== undefined) yield sighting;",
    to: "if (sighting === undefined) yield sighting;",
  },
  {
    name: "Identity tags in the create call itself",
    file: "src/kinds/run-body.ts",
    from: "technicalTags: [...(declared.technical ?? []), ...tags],",
    to: "technicalTags: declared.technical ?? [],",
  },
  {
    name: "Idempotency-Key on every create",
    file: "src/ica/writer.ts",
    from: "        idempotencyKey,\n        safe: false,",
    to: "        safe: false,",
  },
  {
    name: "… of stack, project, name and attempt",
    file: "src/core/identity.ts",
    from: "canonicalJson([stack, projectId, run, attempt])",
    to: "canonicalJson([stack, projectId, run])",
  },
  {
    name: "Bodies that are the same to the last byte",
    file: "src/core/canonical.ts",
    from: "Object.keys(value).sort()",
    to: "Object.keys(value)",
  },
  {
    name: "409: wait and ask again",
    file: "src/engine/apply-run.ts",
    from: "if (isInFlight && wait !== undefined && !context.signal.aborted) {",
    to: "if (isInFlight && wait === undefined) {",
  },
  {
    name: "409: read by tag",
    file: "src/engine/apply-run.ts",
    from: "const found = isOpen ? await findOwn(task, context) : undefined;",
    to: "const found = undefined;",
  },
  {
    name: "422: stop that run, show what differs",
    file: "src/engine/apply-run.ts",
    from: "if (error instanceof ApiError && error.status === 422) return keyReused(task, error, context);",
    to: "",
  },
  {
    name: "List again when the plan is older than a minute",
    file: "src/engine/refresh.ts",
    from: "const MAX_AGE_MS = 60_000;",
    to: "const MAX_AGE_MS = Number.POSITIVE_INFINITY;",
  },
  {
    name: "Settle what is unknown before the summary",
    file: "src/engine/apply.ts",
    from: "await settle(others, results, context);",
    to: "",
  },
  {
    name: "… by what is our own",
    file: "src/engine/find-attempt.ts",
    from: 'return analysis.owner.id === user ? "ours" : "theirs";',
    to: 'return "ours";',
  },
  {
    name: "Verify by listing that each run is there once",
    file: "src/engine/apply.ts",
    from: "await verify(tasks, results, context);",
    to: "",
  },
  {
    name: "… and go on until our own is listed",
    file: "src/engine/verify.ts",
    from: "if (unseen.length === 0 || ",
    to: "if (wait >= 0 || ",
  },
  {
    name: "Abort the later of two, if this process made it",
    file: "src/engine/race.ts",
    from: "const failure = await abort(task, own.id, context);",
    to: "const failure = undefined;",
  },
  {
    name: "Credentials: list again before any second try",
    file: "src/engine/apply-credential.ts",
    from: "const listed = await listIfReadable(context);",
    to: "const listed: Credential[] = [];",
  },
];

/** The text of a layer's file without the layer. @throws Error when the code has changed so that the edit is void */
export function without({ name, file, from, to }: Layer): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  if (text.split(from).length !== 2) throw new Error(`${name}: ${file} does not hold this once: ${from}`);
  return text.replace(from, () => to);
}
