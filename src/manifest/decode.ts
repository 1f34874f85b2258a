import type { Mistake } from "./source.ts";

/** What text a file has, or why it has none. */
export type Decoded = { text: string } | { mistake: Omit<Mistake, "offset"> & { line: number } };

/** Far beyond any manifest; keeps a stray data file from exhausting the memory. */
export const LARGEST_FILE = 128 * 1024 * 1024;

/** Reads bytes as UTF-8, strictly; a byte order mark is dropped. */
export function decode(bytes: Uint8Array): Decoded {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return {
      mistake: { line: 1, code: "not-utf8", message: "this file is UTF-16, not UTF-8", help: "save it as UTF-8" },
    };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const line = lineOfFirstBadByte(bytes);
    return {
      mistake: {
        line,
        code: "not-utf8",
        message: `this file is not UTF-8: line ${line} has a byte that no UTF-8 text has there`,
        help: "save it as UTF-8",
      },
    };
  }
}

/** Whether bytes that are no UTF-8 text look like a manifest of ours all the same, in whatever encoding. */
export function mentionsIcaform(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .replaceAll("\0", "")
    .includes("icaform");
}

/** Decodes without failing, and looks for the first place that does not become the same bytes again. */
function lineOfFirstBadByte(bytes: Uint8Array): number {
  // The decoder drops a byte order mark, so it must not be compared.
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = bytes.subarray(isMarked ? 3 : 0);
  const again = new TextEncoder().encode(new TextDecoder("utf-8").decode(body));
  let line = 1;
  for (let at = 0; at < body.length && body[at] === again[at]; at++) if (body[at] === 0x0a) line++;
  return line;
}
