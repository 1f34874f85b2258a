/** RFC 7807 problems → `ApiError`s that keep ICA's code, reference and title. */
import { ApiError } from "../core/errors.ts";
import type { Secrets } from "../core/redact.ts";
import { isHtml } from "./media-type.ts";
import { oneLine, statusText } from "./text.ts";
import type { IcaRequest, IcaResponse, Transport } from "./types.ts";

/**
 * Turns answers from 400 on into `ApiError`s. Bodies that are no problems (a proxy's page, a bare string) survive as
 * far as they help. Known secrets are blanked out, for a problem may quote the request.
 *
 * @throws ApiError
 */
export function typedErrors(next: Transport, secrets: Secrets): Transport {
  return async (request) => {
    const response = await next(request);
    if (response.status >= 400) {
      throw apiError(request, response, secrets);
    }
    return response;
  };
}

function apiError(request: IcaRequest, response: IcaResponse, secrets: Secrets): ApiError {
  const problem = problemOf(response);
  const said = [problem.title, problem.detail, problem.type].filter((text) => text !== undefined);
  const title = problem.title === undefined ? "" : bare(secrets.hideQuoted(problem.title));
  const detail = problem.detail === undefined ? "" : bare(secrets.hideQuoted(problem.detail));
  // Shortened last: half a secret would not be known again.
  const parameters = oneLine(secrets.hideQuoted(parametersOf(problem.parameters)), 300);
  const tries = (response.attempts ?? 1) > 1 ? `after ${response.attempts} tries` : "";
  const details = [detail === title ? "" : detail, parameters, tries];
  return new ApiError(request, {
    status: response.status,
    title: title === "" ? statusText(response.status) : title,
    code: firstMatch(said, /\b(ICA_[A-Z0-9_]+)\b/),
    detail: details.filter((part) => part !== "").join("; ") || undefined,
    reference: firstMatch(said, /\(ref\.?:?\s*([\w-]{1,64})\s*\)/i),
    unsettled: response.unsettled === true || response.status >= 500,
  });
}

interface Problem {
  title?: string;
  detail?: string;
  type?: string;
  parameters?: unknown;
}

function problemOf(response: IcaResponse): Problem {
  if (response.text === "") {
    return {};
  }
  if (isHtml(response)) {
    return { detail: "answered HTML instead of JSON (is the server URL right?)" };
  }
  const body = parsed(response.text);
  if (typeof body !== "object" || body === null) {
    return { detail: typeof body === "string" ? body : response.text };
  }
  const fields = body as Record<string, unknown>;
  const title = text(fields.title);
  const detail = text(fields.detail) ?? text(fields.message) ?? text(fields.error);
  const type = text(fields.type);
  return {
    ...(title === undefined ? {} : { title }),
    ...(detail === undefined ? {} : { detail }),
    ...(type === undefined ? {} : { type }),
    parameters: fields.parameters,
  };
}

/** An error need not be JSON, so text that is not stays what it is. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Without ICA's code in front and its reference behind, which have fields of their own (ica-facts: message shapes). */
function bare(message: string): string {
  const line = oneLine(message);
  return line
    .replace(/^ICA_[A-Z0-9_]+\s*:\s*/, "")
    .replace(/\s*\(ref\.?:?\s*[\w-]{1,64}\s*\)\s*$/i, "")
    .trim();
}

/** Validation errors name the attribute in `parameters`. */
function parametersOf(parameters: unknown): string {
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    return "";
  }
  const named = Object.entries(parameters).map(([name, value]) => `${name}: ${text(value) ?? JSON.stringify(value)}`);
  return named.join(", ");
}

function firstMatch(texts: readonly string[], pattern: RegExp): string | undefined {
  for (const candidate of texts) {
    const match = pattern.exec(candidate.slice(0, 4000))?.[1];
    if (match !== undefined) {
      return match;
    }
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
