import { statusOfStack } from "../../engine/status.ts";
import { createReader } from "../../ica/client.ts";
import { KINDS } from "../../kinds/index.ts";
import { jsonText } from "../../render/json.ts";
import { statusText } from "../../render/status-text.ts";
import { clientOptions } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import { createLog } from "../log.ts";
import type { GlobalOptions } from "../options.ts";

/** load → connect to read → observe → print. */
export async function status(
  paths: readonly string[],
  options: GlobalOptions & { format: "text" | "json"; target: string[]; cost: boolean },
  io: Io,
): Promise<number> {
  const { tree } = await loadForCommand(paths, options, io);
  const client = clientOptions(options, tree.stack.spec, io, createLog(io, options));
  const reader = createReader(client);
  try {
    const server = client.server.href;
    const { target: targets, cost } = options;
    const report = await statusOfStack(tree, reader, KINDS, { server, now: Date.now(), targets, cost });
    if (options.format === "json") {
      const { stack: _stack, diagnostics: _diagnostics, ...rest } = report;
      io.out(`${jsonText({ formatVersion: "1.0", ...rest }, 2)}\n`);
    } else {
      io.out(statusText(report, Date.now(), io.outStyle));
    }
    return EXIT.done;
  } finally {
    await reader.close();
  }
}
