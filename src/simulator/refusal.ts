import type { Ids } from "./ids.ts";

/** A request that the API answers with a problem (RFC 7807). `message` is what the user reads. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly parameters: Record<string, string>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { parameters?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.parameters = extra.parameters ?? {};
    this.headers = extra.headers ?? {};
  }
}

/** The `Problem` of the OpenAPI description; the text has the shape `CODE : message (ref. 8 digits)` (ica-facts). */
export function problemBody(refusal: Refusal, ids: Ids, now: number): Record<string, unknown> {
  const id = ids.problem();
  return {
    id,
    type: `https://ica.illumina.com/problem/${refusal.code}`,
    title: refusal.message,
    status: refusal.status,
    detail: `${refusal.code} : ${refusal.message} (ref. ${id.slice(0, 8)})`,
    parameters: refusal.parameters,
    timestamp: new Date(now).toISOString(),
  };
}

/** 400 for a body or query that breaks a rule; names the field, as ICA does. */
export function badRequest(message: string, parameters: Record<string, string> = {}): Refusal {
  return new Refusal(400, "ICA_API_400", message, { parameters });
}

/** 404 for a path that leads to nothing. */
export function notFound(what: string, id: string): Refusal {
  return new Refusal(404, "ICA_API_404", `${what} ${id} was not found`, { parameters: { id } });
}

/** 409: the state of the server does not allow it (or not yet). */
export function conflict(code: string, message: string): Refusal {
  return new Refusal(409, code, message);
}

/** 401, the text that users see in ICA (ica-facts). */
export function unauthorized(): Refusal {
  return new Refusal(401, "ICA_SEC_002", "Unauthorized");
}
