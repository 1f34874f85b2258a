import { outputsOfRun } from "../../engine/outputs.ts";
import { createReader } from "../../ica/client.ts";
import { KINDS } from "../../kinds/index.ts";
import { jsonText } from "../../render/json.ts";
import { outputsText } from "../../render/outputs-text.ts";
import { clientOptions } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import { createLog } from "../log.ts";
import type { GlobalOptions } from "../options.ts";

/** load → connect to read → find the run → list what it wrote. */
export async function outputs(
  run: string,
  paths: readonly string[],
  options: GlobalOptions & { format: "text" | "json"; attempt?: number },
  io: Io,
): Promise<number> {
  const { tree } = await loadForCommand(paths, options, io);
  const reader = createReader(clientOptions(options, tree.stack.spec, io, createLog(io, options)));
  try {
    const written = await outputsOfRun(tree, reader, KINDS, run, Date.now(), options.attempt);
    if (options.format === "json") io.out(`${jsonText({ formatVersion: "1.0", ...written }, 2)}\n`);
    else io.out(outputsText(written, io.outStyle));
    return EXIT.done;
  } finally {
    await reader.close();
  }
}
