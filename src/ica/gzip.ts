/** Asks for gzip (ica-facts: gzip responses when asked for) and turns the bytes of an answer into text. */
import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import { NetworkError, ProtocolError } from "../core/errors.ts";
import { oneLine } from "./text.ts";
import type { Exchange, IcaRequest, RawResponse, Transport } from "./types.ts";

const unzip = promisify(gunzip);

/** Packed bytes. The answer to a create is unpacked at once sooner than another thread can be asked to. */
const SMALL = 16 * 1024;

/**
 * `maxBytes` bounds an unpacked body: a small answer must not be able to fill the memory.
 *
 * @throws NetworkError when a packed body is cut; ProtocolError when it is too large, of another encoding or not UTF-8
 */
export function gzipped(next: Exchange, maxBytes: number): Transport {
  return async (request) => {
    const raw = await next({ ...request, headers: { ...request.headers, "accept-encoding": "gzip" } });
    const body = await unpacked(request, raw, maxBytes);
    return { status: raw.status, headers: raw.headers, text: textOf(request, raw.status, body) };
  };
}

async function unpacked(request: IcaRequest, raw: RawResponse, maxBytes: number): Promise<Uint8Array> {
  const encoding = (raw.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "" || raw.body.length === 0) {
    return raw.body;
  }
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    return unreadable(request, raw.status, `answered in the unknown encoding "${oneLine(encoding, 40)}"`);
  }
  try {
    const options = { maxOutputLength: maxBytes };
    return raw.body.length <= SMALL ? gunzipSync(raw.body, options) : await unzip(raw.body, options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      return unreadable(request, raw.status, `answered more than ${maxBytes} bytes`, error);
    }
    if (code === "Z_BUF_ERROR" && raw.status < 400) {
      throw new NetworkError(request, "no whole answer: the packed body was cut", true, { cause: error });
    }
    return unreadable(request, raw.status, "answered with a broken gzip body", error);
  }
}

function textOf(request: IcaRequest, status: number, body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (error) {
    unreadable(request, status, "answered with a body that is not UTF-8", error);
    return "";
  }
}

/** The status of an error answer says enough without its body. */
function unreadable(request: IcaRequest, status: number, message: string, cause?: unknown): Uint8Array {
  if (status >= 400) {
    return new Uint8Array();
  }
  throw new ProtocolError(request, message, status, { cause });
}
