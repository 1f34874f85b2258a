import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { readFaultRule } from "./faultRules.ts";
import { ANALYSIS_STATUSES, DATA_STATUSES } from "./records.ts";
import { anyMap, at, flag, listOf, map, number, SeedMistake, type SeedReader, string, words } from "./seedReaders.ts";
import type { Seed } from "./seedTypes.ts";
import { readSwitches } from "./switches.ts";

export type { Seed };

/** The text behind a seed, to say where in it a mistake is that shows only later. */
const sources = new WeakMap<Seed, { text: string; fileName: string }>();

/**
 * Reads a seed (YAML or JSON).
 *
 * @throws Error `file:line:column: …` for a mistake; unknown keys are mistakes
 */
export function parseSeed(text: string, fileName = "seed"): Seed {
  const read = quickJson(text) ?? parsePlaced(text, fileName);
  sources.set(read, { text, fileName });
  return read;
}

/** The same mistake with its place, if the seed came from a text. */
export function placed(found: Seed, mistake: SeedMistake): Error {
  const source = sources.get(found);
  if (source === undefined) return mistake;
  const lines = new LineCounter();
  const { contents } = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const place = placeIn(lines, source.fileName, offsetOf(contents, mistake.path, mistake.atKey));
  return new Error(`${place}: ${mistake.message}`, { cause: mistake });
}

/** Large worlds come as JSON, which reads a hundred times faster; a mistake sends it the slow way, for its place. */
function quickJson(text: string): Seed | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return seed(JSON.parse(text), []);
  } catch {
    return null;
  }
}

function parsePlaced(text: string, fileName: string): Seed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw new Error(`${placeIn(lines, fileName, broken.pos[0])}: ${broken.message}`);
  try {
    return seed(document.toJS() ?? {}, []);
  } catch (error) {
    if (!(error instanceof SeedMistake)) throw error;
    const place = placeIn(lines, fileName, offsetOf(document.contents, error.path, error.atKey));
    throw new Error(`${place}: ${error.message}`, { cause: error });
  }
}

function placeIn(lines: LineCounter, fileName: string, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${fileName}:${Math.max(1, line)}:${Math.max(1, col)}`;
}

const id = string;
const strings = listOf(string);

/** Where only one thing need be said, it may be said without its key. */
function short<T extends object>(key: string, reader: SeedReader<T>): SeedReader<T> {
  return (value, path) => reader(typeof value === "string" ? { [key]: value } : value, path);
}

const parameter = short(
  "code",
  map({ code: string, type: string, required: flag, multiValue: flag, values: strings }, ["code"]),
);

const pipeline = map(
  {
    id,
    code: string,
    language: words("NEXTFLOW", "CWL"),
    inputFormType: words("XML", "JSON"),
    projects: strings,
    parameters: listOf(parameter),
    outputs: listOf(short("path", map({ path: string, size: number }, ["path"]))),
    duration: number,
    outcome: words("SUCCEEDED", "FAILED"),
    storage: string,
  },
  ["code"],
);

const analysis = map(
  {
    id,
    project: string,
    pipeline: string,
    userReference: string,
    reference: string,
    status: words(...ANALYSIS_STATUSES),
    tags: map({ technicalTags: strings, userTags: strings, referenceTags: strings }, []),
    timeCreated: string,
    storage: string,
    owner: string,
    price: number,
    outputs: flag,
  },
  ["pipeline", "userReference"],
);

const seed: SeedReader<Seed> = map(
  {
    users: listOf(short("name", map({ id, name: string, apiKey: string }, ["name"]))),
    projects: listOf(short("name", map({ id, name: string }, ["name"]))),
    pipelines: listOf(pipeline),
    storages: listOf(short("name", map({ id, name: string, description: string }, ["name"]))),
    data: listOf(map({ id, project: string, path: string, size: number, status: words(...DATA_STATUSES) }, ["path"])),
    credentials: listOf(
      map(
        {
          id,
          name: string,
          type: words("AWS_USER"),
          owner: string,
          shared: flag,
          timeCreated: string,
          timeModified: string,
        },
        ["name"],
      ),
    ),
    activationCodes: listOf(map({ id, name: string, pipelines: strings }, [])),
    analyses: listOf(analysis),
    switches: (value, path) => at(path, () => readSwitches(anyMap(value, path))),
    faults: listOf((value, path) => at(path, () => readFaultRule(value))),
  },
  [],
);

/** Where the value of a path (or its key) stands in the text. */
function offsetOf(root: Node | null, path: readonly (string | number)[], atKey: boolean): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      const key = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      node = pair.value;
      const value = isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
      offset = (last && atKey ? key : value) ?? key ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isScalar(node) || isMap(node) || isSeq(node)) offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
}
