/** The media types that carry ICA's version (ica-facts), and the check that an answer is JSON at all. */
import { ProtocolError } from "../core/errors.ts";
import { oneLine } from "./text.ts";
import type { IcaRequest, IcaResponse, Transport } from "./types.ts";

export const V3 = "application/vnd.illumina.v3+json";
export const V4 = "application/vnd.illumina.v4+json";

/** For calls that answer 204: the OpenAPI lists no type but the problem's. */
export const NOTHING = "application/problem+json";

/**
 * Refuses successes that are not JSON: a login page or a proxy's greeting is not an answer of ICA.
 *
 * @throws ProtocolError
 */
export function jsonAnswers(next: Transport): Transport {
  return async (request) => {
    const response = await next(request);
    const type = contentType(response);
    if (response.status < 300 && response.text !== "" && type !== "" && !isJson(type)) {
      const what = isHtml(response) ? "HTML" : `"${oneLine(type, 60)}"`;
      throw new ProtocolError(
        request,
        `answered ${what} instead of JSON (is the server URL right? it ends with /ica/rest)`,
        response.status,
      );
    }
    return response;
  };
}

/** @throws ProtocolError when the body is not JSON; the status tells whether a write may have taken effect. */
export function jsonOf(request: IcaRequest, response: IcaResponse): unknown {
  try {
    return JSON.parse(response.text);
  } catch (error) {
    const what =
      response.text === "" ? "an empty body" : `a body that is not JSON (${response.text.length} characters)`;
    throw new ProtocolError(request, `answered ${response.status} with ${what}`, response.status, { cause: error });
  }
}

export function isHtml(response: IcaResponse): boolean {
  return /\bx?html\b/.test(contentType(response)) || /^\s*<(!doctype|html)/i.test(response.text.slice(0, 200));
}

function isJson(type: string): boolean {
  return /[/+]json\b/.test(type);
}

function contentType(response: IcaResponse): string {
  return (response.headers["content-type"] ?? "").toLowerCase();
}
