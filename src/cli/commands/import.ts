import { RefusedError, UsageError } from "../../core/errors.ts";
import type { Project, Reader } from "../../core/ica.ts";
import { ownerOf } from "../../core/identity.ts";
import type { PassedOver } from "../../core/imported.ts";
import type { Kind } from "../../core/kind.ts";
import type { Tree } from "../../core/spec.ts";
import { didYouMean } from "../../core/suggest.ts";
import { type Adoption, addedTags, adoptAll, CALLS_PER_ADOPTION } from "../../engine/adopt.ts";
import { type Imported, importAnalyses, ownerText } from "../../engine/import.ts";
import { findAnalyses } from "../../engine/import-find.ts";
import { stackNameFor } from "../../engine/import-names.ts";
import { createReader, createWriter } from "../../ica/client.ts";
import { KINDS } from "../../kinds/index.ts";
import type { LoadOptions } from "../../manifest/load.ts";
import { resultText } from "../../render/apply-text.ts";
import { adoptionsText, analysesText, noneText, passedOverTexts, runsText } from "../../render/import-text.ts";
import { confirmed } from "../confirm.ts";
import { clientOptions } from "../connect.ts";
import { EXIT } from "../exit.ts";
import { withSchemaLine, writeAll } from "../import-manifests.ts";
import { filterOf, type ImportCommandOptions, projectAndPaths } from "../import-options.ts";
import {
  credentialOf,
  declaredTree,
  isOwnProject,
  loadOptions,
  projectFor,
  refuseContradictions,
} from "../import-source.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { createLog } from "../log.ts";
import { writeManifests } from "../manifest-files.ts";
import { createProgress } from "../progress.ts";

/** load what is declared → find → read → write manifests; with --adopt: → confirm → adopt. Only that has a writer. */
export async function importRuns(given: readonly string[], options: ImportCommandOptions, io: Io): Promise<number> {
  refuseContradictions(options);
  const { project: named, paths } = projectAndPaths(given, options);
  const load = await loadOptions(paths, options);
  const tree = await declaredTree(load, paths);
  if (tree !== undefined && options.stack !== undefined && options.stack !== tree.stack.name) {
    throw new UsageError(`--stack ${options.stack}: the stack that is declared there is ${tree.stack.name}`);
  }
  const projectName = named ?? tree?.stack.spec.project;
  if (projectName === undefined) {
    throw new UsageError("import from which project?", "icaform import PROJECT, or declare a Stack with a project");
  }
  const stack = tree?.stack.name ?? options.stack ?? stackNameFor(projectName);
  const work: Work = { options, io, load, tree, stack, projectName };
  if (!options.adopt) return readOnly(work);
  return withWriter(work);
}

interface Work {
  options: ImportCommandOptions;
  io: Io;
  load: LoadOptions;
  tree: Tree | undefined;
  stack: string;
  projectName: string;
}

async function readOnly(work: Work): Promise<number> {
  const { options, io, tree, stack, projectName } = work;
  const reader = createReader(clientOptions(options, tree?.stack.spec, io, createLog(io, options)));
  try {
    const { adoptions, passedOver } = await imported(work, reader, await projectFor(reader, projectName));
    if (adoptions.length > 0) {
      // That of a stack which is founded here, too.
      const mayCreate = tree !== undefined && tree.stack.spec.policy?.maxCreates !== 0;
      const danger = mayCreate ? "would start them again" : "is refused (maxCreates: 0) until they are adopted";
      const warning = `not yet stack ${stack}'s: an apply ${danger}; icaform import --adopt makes it their owner`;
      createLog(io, options)("warn", "import.unowned", warning, { stack, analyses: adoptions.length });
    }
    return isComplete(passedOver) ? EXIT.done : EXIT.incomplete;
  } finally {
    await reader.close();
  }
}

async function withWriter(work: Work): Promise<number> {
  const { options, io, tree, stack, projectName } = work;
  const interrupt = interruptible(io);
  const client = clientOptions(options, tree?.stack.spec, io, createLog(io, options));
  const writer = createWriter({ ...client, signal: interrupt.signal, deadline: interrupt.deadline });
  // After an interrupt the writer stops; what it left open is settled by reading, under the same limit of ICA's.
  const settling = createReader({ ...client, signal: interrupt.deadline, governor: writer.governor });
  const progress = createProgress(io, createLog(io, options), options);
  try {
    const project = await projectFor(writer, projectName);
    const { adoptions, passedOver } =
      options.as === undefined
        ? await imported(work, writer, project)
        : await adoptionAs(options.as, work, writer, project);
    const code = isComplete(passedOver) ? EXIT.done : EXIT.incomplete;
    if (adoptions.length === 0) {
      createLog(io, options)("info", "import", "nothing to adopt", { analyses: 0, calls: 0 });
      return code;
    }
    io.out(
      adoptionsText(
        adoptions.map((one) => ({ address: one.desired.address, analysis: one.analysis, tags: addedTags(one) })),
      ),
    );
    const about = `Stack ${stack} will own ${analysesText(adoptions.length)}, by about ${adoptions.length * CALLS_PER_ADOPTION} calls.`;
    if (!options.autoApprove) await confirmed(about, "which adopts all of them", io, interrupt.signal);
    interrupt.begin();
    progress.begin(adoptions.length);
    const results = await adoptAll(adoptions, {
      stack,
      project,
      writer,
      get reader() {
        return interrupt.signal.aborted ? settling : writer;
      },
      concurrency: client.concurrency ?? 8,
      signal: interrupt.signal,
      onResult: progress.tick,
    }).finally(progress.end);
    const open = results.filter(({ outcome }) => outcome !== "done");
    for (const result of open) io.out(`${resultText(result, io.outStyle)}\n`);
    io.out(
      `Adopted: ${runsText(results.length - open.length)}${open.length > 0 ? `; ${open.length} not: repeat it to do what is left` : ""}.\n`,
    );
    return open.length > 0 ? EXIT.incomplete : code;
  } finally {
    progress.end();
    interrupt.release();
    await Promise.all([writer.close(), settling.close()]);
  }
}

interface ToAdopt {
  adoptions: Adoption[];
  passedOver: readonly PassedOver[];
}

/** Finds, reads and writes; returns what could be adopted, as it is declared now. */
async function imported(work: Work, reader: Reader, project: Project): Promise<ToAdopt> {
  const { options, io, load, tree, stack, projectName } = work;
  const kind = runKind();
  const log = createLog(io, options);
  const progress = createProgress(io, log, options);
  const found = await importAnalyses(reader, kind, {
    stack,
    tree,
    project,
    projectName: tree === undefined || isOwnProject(tree, project) ? undefined : projectName,
    filter: filterOf(options),
    limit: options.limit,
    credential: credentialOf(options.credential, tree),
    concurrency: options.concurrency ?? tree?.stack.spec.limits?.concurrency ?? 8,
    onFound(analyses, calls) {
      log("info", "import", `${analysesText(analyses)} to read, by about ${calls} calls`, { analyses, calls });
      progress.begin(analyses);
    },
    onRead: progress.tick,
  }).finally(progress.end);
  const newStack = tree === undefined ? { name: stack, project: projectName } : undefined;
  const nothing = { files: [], tree, runs: [], passedOver: [] };
  const written = found.runs.length === 0 ? nothing : await writeAll(found.runs, newStack, load);
  const passedOver = [...found.passedOver, ...written.passedOver];
  for (const { reason, analyses, text } of passedOverTexts(passedOver)) {
    log("info", "import.skipped", text, { reason, analyses });
  }
  if (meantNothing(found))
    log("info", "import", noneText(project.name, found.from, options.pipeline), { analyses: 0, calls: 0 });
  else if (found.runs.length === 0 && !options.adopt)
    log("info", "import", "nothing new to import: no manifest is written", { analyses: 0, calls: 0 });
  if (written.tree === undefined) return { adoptions: [], passedOver };
  await put(written.files, options, io, written.runs.length);
  const desired = new Map(kind.desire(written.tree, () => project).map((item) => [item.name, item]));
  const meant = [...found.declared, ...written.runs].sort((left, right) => (left.name < right.name ? -1 : 1));
  const adoptions = meant.flatMap(({ name, analysis }) => {
    const item = desired.get(name);
    return item === undefined ? [] : [{ desired: item, analysis }];
  });
  return { adoptions, passedOver };
}

async function put(
  files: readonly { name: string; text: string }[],
  { out, adopt }: ImportCommandOptions,
  io: Io,
  runs: number,
): Promise<void> {
  if (runs === 0) return;
  if (out === undefined) {
    if (adopt) {
      throw new UsageError(
        `--adopt: ${runsText(runs)} ${runs === 1 ? "is" : "are"} declared nowhere yet, and an owner needs a declaration`,
        "give --out FOLDER, so that manifests are written first",
      );
    }
    io.out(withSchemaLine(files.map(({ text }) => text).join("---\n"), "."));
    return;
  }
  await writeManifests(
    out,
    files.map(({ name, text }) => ({ name, text: withSchemaLine(text, out) })),
  );
  io.out(`Wrote ${runsText(runs)} to ${out}.\n`);
}

/** One analysis as a run that is declared, whatever its declaration says. */
async function adoptionAs(name: string, work: Work, reader: Reader, project: Project): Promise<ToAdopt> {
  const { tree, stack, options } = work;
  const kind = runKind();
  const desired = tree && kind.desire(tree, () => project).find((item) => item.name === name);
  if (tree === undefined || desired === undefined) {
    const help = didYouMean(
      name,
      (tree?.runs ?? []).map((run) => run.name),
    );
    throw new UsageError(`--as ${name}: stack ${stack} declares no such run`, help);
  }
  const place = tree.runs.find((run) => run.name === name)?.spec.project ?? tree.stack.spec.project;
  if (place !== project.id && place !== project.name) {
    throw new UsageError(`--as ${name}: is declared in project ${place}, not in ${project.name}`);
  }
  for await (const sighting of kind.observe(reader, stack, [project], new Set([project.id]))) {
    if (sighting.name === name) throw new UsageError(`--as ${name}: is in ICA already, as ${sighting.id}`);
  }
  const [analysis] = (await findAnalyses(reader, project, filterOf(options))).analyses;
  const owner = analysis && ownerOf(analysis.tags.technicalTags);
  if (analysis === undefined || owner !== undefined) {
    throw new RefusedError(`${options.id.join()} is not adopted: ${ownerText(owner ?? "", stack)}`);
  }
  return { adoptions: [{ desired, analysis }], passedOver: [] };
}

function isComplete(passedOver: readonly PassedOver[]): boolean {
  return !passedOver.some(({ kind }) => kind === "unwritable");
}

function runKind(): Kind {
  const kind = KINDS.find((one) => one.kind === "PipelineRun");
  if (kind === undefined) throw new Error("there is no kind PipelineRun");
  return kind;
}

function meantNothing({ runs, declared, passedOver }: Imported): boolean {
  return runs.length + declared.length + passedOver.length === 0;
}
