import { flag, list, nullable, object, oneOf, openObject, type Reader, text } from "./read.ts";
import type { Sample } from "./recordsOfBatches.ts";

export interface FoundSamples {
  matches: (sample: Sample) => boolean;
  filters: string;
}

type Mode = "EXACT" | "EXCLUDE" | "FUZZY";

const mode: Reader<Mode | null> = nullable(oneOf("EXACT", "EXCLUDE", "FUZZY"));
const words = nullable(list(nullable(text())));

const searchBody = object({
  conditions: list(openObject({ field: nullable(text()), matchMode: mode, values: list(text()) })),
  dateConditions: list(openObject({})),
  numberConditions: list(openObject({})),
  booleanConditions: list(openObject({})),
  fullTextSearchString: nullable(text()),
  includeDeleted: nullable(flag),
  userTags: words,
  userTagMatchMode: mode,
  runInputTags: words,
  runInputTagMatchMode: mode,
  connectorTags: words,
  connectorTagMatchMode: mode,
  techTags: words,
  techTagMatchMode: mode,
  instrumentRunIds: words,
});

/** `FindProjectSamples`: conditions on name, description and tags. Samples of the simulator have no metadata. */
export function readSampleSearch(body: unknown): FoundSamples {
  const search = searchBody(body, "");
  const fullText = (search.fullTextSearchString ?? "").toLowerCase();
  const onMetadata = [
    search.dateConditions,
    search.numberConditions,
    search.booleanConditions,
    search.instrumentRunIds ?? [],
  ];
  const impossible = onMetadata.some((conditions) => conditions.length > 0);
  const tests: ((sample: Sample) => boolean)[] = [
    ({ name, description }) => `${name}\n${description ?? ""}`.toLowerCase().includes(fullText),
    ({ tags }) => fits(tags.userTags, search.userTags, search.userTagMatchMode),
    ({ tags }) => fits(tags.runInTags, search.runInputTags, search.runInputTagMatchMode),
    ({ tags }) => fits(tags.connectorTags, search.connectorTags, search.connectorTagMatchMode),
    ({ tags }) => fits(tags.technicalTags, search.techTags, search.techTagMatchMode),
    ({ status }) => status !== "DELETED" || search.includeDeleted === true,
    ...search.conditions.map(
      ({ field, matchMode, values }) =>
        (sample: Sample) =>
          fits(fieldOf(sample, field), values, matchMode),
    ),
  ];
  return { matches: (sample) => !impossible && tests.every((test) => test(sample)), filters: JSON.stringify(search) };
}

function fieldOf(sample: Sample, field: string | null): string[] {
  if (field === "name") return [sample.name];
  return field === "description" && sample.description !== null ? [sample.description] : [];
}

function fits(present: string[], asked: (string | null)[] | null, how: Mode | null): boolean {
  const wanted = (asked ?? []).filter((word) => word !== null);
  if (wanted.length === 0) return true;
  if (how === "FUZZY")
    return wanted.some((word) => present.some((tag) => tag.toLowerCase().includes(word.toLowerCase())));
  return wanted.some((word) => present.includes(word)) !== (how === "EXCLUDE");
}
