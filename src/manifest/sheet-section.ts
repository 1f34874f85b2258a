import { closest, didYouMean } from "../core/suggest.ts";
import type { Finding, Place } from "./finding.ts";
import { list, show } from "./show.ts";
import type { Source } from "./source.ts";

export interface CsvRecord {
  cells: string[];
  /** Where its text starts. */
  start: number;
}

/** Which section of an Illumina sample sheet holds the rows, and where a manifest says so. */
export interface WantedSection {
  name: string;
  on: Place;
  path: readonly string[];
}

interface Section {
  name: string;
  start: number;
  records: CsvRecord[];
  comments: CsvRecord[];
}

export interface SectionRecords {
  /** Undefined when there is no such section. */
  records?: readonly CsvRecord[];
  findings: Finding[];
}

/**
 * The records of one section of an Illumina sample sheet, v1 or v2: `[Name]` starts one, whatever commas a spreadsheet
 * has padded it with, and `#` a comment. Names are compared without regard to case. Without a wanted section the sheet
 * must have none.
 */
export function recordsOfSection(
  records: readonly CsvRecord[],
  wanted: WantedSection | undefined,
  source: Source,
): SectionRecords {
  const sections = sectionsOf(records, source);
  if (wanted === undefined) return sections.length === 0 ? { records, findings: [] } : none(unasked(sections, source));
  const section = sectionNamed(wanted, sections, source);
  return "code" in section ? none(section) : { records: section.records, findings: [...leftOut(section, source)] };
}

function none(finding: Finding): SectionRecords {
  return { findings: [finding] };
}

function sectionNamed(wanted: WantedSection, sections: readonly Section[], source: Source): Section | Finding {
  const matching = sections.filter(({ name }) => name.toLowerCase() === wanted.name.toLowerCase());
  const [section, again] = matching;
  if (section === undefined) return missing(sections, wanted, source);
  if (again !== undefined) {
    const { line } = source.position(section.start);
    return {
      ...at(source, again.start),
      code: "sheet-section",
      message: `the section ${show(`[${again.name}]`)} starts at line ${line} already`,
      help: "keep one of them",
    };
  }
  if (isSettings(section.name)) {
    const help = suggestion(wanted.name.replace(/settings$/i, "Data"), sections);
    const message = `the section ${show(`[${section.name}]`)} of ${show(source.name)} holds settings, not rows`;
    return { on: wanted.on, path: wanted.path, code: "sheet-section", message, help };
  }
  if (section.records.length === 0) {
    const message = `the section ${show(`[${section.name}]`)} is empty`;
    return { ...at(source, section.start), code: "sheet-empty", message, help: "its first row names the columns" };
  }
  return section;
}

const MOST_LINES = 10;

/** A comment is one cell of text. Where more cells are filled it looks like a row that was taken out by hand. */
function* leftOut({ comments }: Section, source: Source): Generator<Finding> {
  const rows = comments.filter(({ cells }) => cells.slice(1).some((cell) => cell.trim() !== ""));
  const [first, ...more] = rows;
  if (first === undefined) return;
  const lines = more.map(({ start }) => String(source.position(start).line));
  const shown =
    lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), `${lines.length - MOST_LINES} more`] : lines;
  const also = more.length === 0 ? "" : `, nor for ${more.length === 1 ? "line" : "lines"} ${list(shown)}`;
  const message = `this row starts with "#" and is taken for a comment: no run is declared for it${also}`;
  const help = 'remove the "#" if it is a sample';
  yield { ...at(source, first.start), severity: "warning", code: "sheet-comment", message, help };
}

function sectionsOf(records: readonly CsvRecord[], { text }: Source): Section[] {
  // In quotes it is the text of a cell.
  const isComment = ({ cells, start }: CsvRecord) =>
    cells[0]?.trimStart().startsWith("#") === true && text[start] !== '"';
  const sections: Section[] = [];
  const isSectioned = headingOf(records.find((record) => !isComment(record))) !== undefined;
  if (!isSectioned) return [];
  for (const record of records) {
    const name = headingOf(record);
    if (name !== undefined) sections.push({ name, start: record.start, records: [], comments: [] });
    else sections.at(-1)?.[isComment(record) ? "comments" : "records"].push(record);
  }
  return sections;
}

/** `[Data],,,` → `Data`. */
function headingOf(record: CsvRecord | undefined): string | undefined {
  const [first = "", ...rest] = record?.cells ?? [];
  return rest.every((cell) => cell.trim() === "") ? /^\[(.*)\]$/.exec(first.trim())?.[1]?.trim() : undefined;
}

/** Sections of keys and values, as Illumina's sheets name them. */
function isSettings(name: string): boolean {
  return /^(header|reads|manifests)$|(^|_)settings$/i.test(name);
}

function unasked(sections: readonly Section[], source: Source): Finding {
  const message = "this is an Illumina sample sheet: which of its [sections] holds the rows is not said";
  const help = `set spec.forEach.section, ${suggestion("", sections)}`;
  return { ...at(source, sections[0]?.start ?? 0), code: "sheet-section", message, help };
}

function missing(sections: readonly Section[], { name, on, path }: WantedSection, source: Source): Finding {
  if (sections.length === 0) {
    const message = `${show(source.name)} has no [sections]: it is not an Illumina sample sheet`;
    return { on, path, code: "sheet-section", message, help: "leave `section` out to read a plain CSV file" };
  }
  const message = `${show(source.name)} has no section ${show(name)}`;
  return { on, path, code: "sheet-section", message, help: suggestion(name, sections) };
}

/** The section that was meant, or those that hold rows. */
function suggestion(name: string, sections: readonly Section[]): string {
  const names = [...new Set(sections.filter((section) => !isSettings(section.name)).map((section) => section.name))];
  const near = closest(name, names);
  const prefixed = names.find((other) => other.toLowerCase().endsWith(`_${name.toLowerCase()}`));
  if (near !== undefined) return didYouMean(name, [near]) ?? "";
  if (prefixed !== undefined && name !== "") return `did you mean \`${prefixed}\`?`;
  return names.length === 0 ? "no section of it holds rows" : `sections with rows are ${list(names.map(show))}`;
}

function at(source: Source, offset: number): Pick<Finding, "on" | "path"> {
  return { on: { locate: () => source.at(offset) }, path: [] };
}
