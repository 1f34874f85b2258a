import { spawnSync } from "node:child_process";

/** Wall-clock milliseconds of one command as a whole process; its output is thrown away. */
export function timed(command: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const [file = "", ...args] = command;
  const start = process.hrtime.bigint();
  const { status, error } = spawnSync(file, args, { stdio: "ignore", env });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command.join(" ")} ended with exit code ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Measures commands in turn, A B A B …, so that a machine that slows down slows down all of them; returns medians. */
export function mediansInTurn(commands: readonly (readonly string[])[], rounds: number): number[] {
  const times = commands.map((): number[] => []);
  for (const command of commands) timed(command);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) times[index]?.push(timed(command));
  }
  return times.map(median);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A Markdown table, columns padded for reading in a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
