import { type Diagnostic, errorAt, type Position } from "../core/diagnostic.ts";
import { codeFrame, MASK } from "./frame.ts";

/** A mistake at a place in a text, before it is told with file, line and frame. */
export interface Mistake {
  offset: number;
  code: string;
  message: string;
  help?: string;
}

/** The text of one file, and positions in it. The text is all that is kept of a file: everything else is found again. */
export class Source {
  /** As it is shown to people: relative to where the tool was started. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly #hidden: { start: number; end: number }[] = [];
  #lineStarts: number[] | undefined;

  constructor(name: string, path: string, text: string) {
    this.name = name;
    this.path = path;
    this.text = text;
  }

  /** Keeps a piece of the text out of every code frame. */
  hide(start: number, end: number): void {
    this.#hidden.push({ start, end });
  }

  position(offset: number): { line: number; column: number } {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** A position with its code frame. */
  at(offset: number): Position & { frame: string } {
    const { line, column } = this.position(offset);
    return { file: this.name, line, column, frame: codeFrame((number) => this.#line(number), line, column) };
  }

  /** The offset at which a line (1-based) starts. */
  lineStart(line: number): number {
    return this.#starts()[line - 1] ?? this.text.length;
  }

  error(mistake: Mistake): Diagnostic {
    return errorAt(this.at(mistake.offset), mistake.code, mistake.message, mistake.help);
  }

  #line(number: number): string | undefined {
    const starts = this.#starts();
    const start = starts[number - 1];
    // What follows the last line break is a line only when something stands on it.
    if (start === undefined || (number > 1 && start === this.text.length)) return undefined;
    const end = starts[number] ?? this.text.length;
    let line = this.text.slice(start, end);
    for (const hidden of this.#hidden) {
      const from = Math.max(hidden.start, start) - start;
      const to = Math.min(hidden.end, end) - start;
      if (from < to) line = line.slice(0, from) + MASK.repeat(to - from) + line.slice(to);
    }
    return line.replace(/\r?\n$/, "");
  }

  /** Found at the first question only: a tree without mistakes never asks. */
  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1)) {
        this.#lineStarts.push(at + 1);
      }
    }
    return this.#lineStarts;
  }
}
