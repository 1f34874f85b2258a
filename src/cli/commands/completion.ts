import type { Command } from "commander";
import { completionOf } from "../completion/candidates.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import { unquoted } from "../completion/unquoted.ts";
import { EXIT } from "../exit.ts";
import type { Shell } from "../formats.ts";
import type { Io } from "../io.ts";

/** Prints the script that makes a shell complete `icaform`. */
export async function completion(shell: Shell, io: Io): Promise<number> {
  io.out(SCRIPTS[shell]);
  return EXIT.done;
}

/** What those scripts ask at every TAB; `words`: those after `icaform`, up to the one that is being typed. */
export async function complete(
  program: Command,
  words: readonly string[],
  { quoted = false }: { quoted?: boolean },
  io: Io,
): Promise<number> {
  const { candidates, files } = await completionOf(program, quoted ? words.map(unquoted) : words);
  const lines = candidates.map(({ value, about }) => (about === "" ? value : `${value}\t${about}`));
  io.out(`${[...lines, `:${files}`].join("\n")}\n`);
  return EXIT.done;
}
