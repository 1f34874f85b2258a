/** An ICA that answers single calls with a problem in its own words, and all others like the simulator. */
import { expect } from "vitest";
import type { Ran } from "../support/cli.ts";
import { type Received, type Served, serve } from "../support/http.ts";

export interface Problem {
  status: number;
  /** ICA's code, such as `ICA_API_403`. */
  code: string;
  message: string;
  parameters?: Record<string, string>;
}

export const REFERENCE = "b59769f6";

/** @param call tested against `METHOD /path`, without a query; what fits never reaches the simulator */
export function refusing(server: string, call: RegExp, problem: Problem): Promise<Served> {
  const { status, code, message, parameters = {} } = problem;
  const body = JSON.stringify({
    type: `https://ica.illumina.com/problem/${code}`,
    title: message,
    status,
    detail: `${code} : ${message} (ref. ${REFERENCE})`,
    parameters,
    timestamp: "2026-11-01T00:00:00Z",
  });
  return serve(async (request, response) => {
    const path = request.url.split("?")[0]?.replace("/ica/rest", "") ?? "";
    if (call.test(`${request.method} ${path}`)) {
      response.writeHead(status, { "content-type": "application/problem+json" }).end(body);
      return;
    }
    const answer = await forwarded(server, request);
    const etag = answer.headers.get("etag");
    const type = { "content-type": answer.headers.get("content-type") ?? "" };
    response.writeHead(answer.status, { ...type, ...(etag === null ? {} : { etag }) });
    response.end(answer.status === 204 ? undefined : await answer.text());
  });
}

function forwarded(server: string, { method, url, headers, body }: Received): Promise<Response> {
  const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
  return fetch(new URL(url, server), {
    method,
    headers: { ...(rest as Record<string, string>), "accept-encoding": "identity" },
    ...(body === "" ? {} : { body }),
  });
}

/** That a text tells of a failed call all that ICA said of it: method, path, status, message, code, reference. */
export function expectCall(text: string, call: RegExp, { status, code, message }: Problem): void {
  const words = message.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  expect(text).toMatch(
    new RegExp(`${call.source.replace(/\$$/, "")}: ${status} ${words}.*\\(${code}, ref\\. ${REFERENCE}\\)`),
  );
}

/** `error: <call>: <status> …`, and what to do; no crash. */
export function expectTold({ code, stderr }: Ran, error: RegExp, help: RegExp): void {
  expect(code, stderr).toBe(1);
  expect(stderr).toMatch(new RegExp(`error: ${error.source}`));
  expect(stderr).toMatch(new RegExp(`help: ${help.source}`));
  expect(stderr).not.toMatch(/\n\s+at |please report/);
}
