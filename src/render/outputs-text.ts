import { phaseOf } from "../core/status.ts";
import { bytesText, counted } from "./amounts.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";

/** What a run wrote. */
export interface OutputsView {
  address: string;
  status: string;
  attempt: number;
  reference: string;
  outputs: readonly { path: string; type: "FILE" | "FOLDER"; id: string; size?: number }[];
  cutFolders: readonly string[];
}

/** The tree of a run's outputs: indented by depth, with sizes and ids, and the sum. */
export function outputsText(view: OutputsView, style: Style = PLAIN): string {
  const head = `${style.bold(safe(view.address))}  attempt ${view.attempt}, ${safe(view.status)}, ${safe(view.reference)}`;
  const files = view.outputs.filter((entry) => entry.type === "FILE");
  const total = files.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
  const lines = view.outputs.map(({ path, type, id, size }) => {
    const parts = path.replace(/\/$/, "").split("/");
    const name = `${"  ".repeat(parts.length)}${safe(parts.at(-1) ?? "")}${type === "FOLDER" ? "/" : ""}`;
    const amount = size === undefined ? "" : `  ${bytesText(size)}`;
    return `${name}${amount}  ${style.dim(safe(id))}`;
  });
  const none = phaseOf(view.status) === "active" ? "no files yet" : "wrote no files";
  const sum = files.length === 0 ? none : `${counted(files.length, "file")}, ${bytesText(total)}`;
  const cut = view.cutFolders.map(safe).join(", ");
  const more = cut === "" ? [] : [`of each folder ICA lists the first 200,000 files; there may be more in ${cut}`];
  return [head, ...lines, sum, ...more, ""].join("\n");
}
