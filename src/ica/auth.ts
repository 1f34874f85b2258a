/** Who is calling: every call carries a bearer token, and outlives its end once. */
import { AbortedError, ApiError, NetworkError, ProtocolError, UsageError } from "../core/errors.ts";
import type { Secrets } from "../core/redact.ts";
import type { OnEvent } from "./events.ts";
import { subjectOf } from "./jwt.ts";
import type { Clock } from "./time.ts";
import { exchangedTokens, givenToken, type Tokens } from "./token.ts";
import type { IcaRequest, Transport } from "./types.ts";

/** `variable` is where a given token comes from. */
export type Credentials = { apiKey: string } | { accessToken: string; variable?: string };

/**
 * Adds the token. After a 401 it is renewed and the call repeated, once: ICA refused that call, so nothing was
 * executed and even a POST may be repeated. A second 401 goes up.
 *
 * `next` must throw `ApiError`s; it also carries the token call, which thus has the same retries and limits.
 *
 * @throws UsageError when the key or token cannot be a header's value
 */
export function authenticated(
  next: Transport,
  credentials: Credentials,
  clock: Clock,
  onEvent: OnEvent,
  secrets: Secrets,
): Transport {
  const tokens =
    "apiKey" in credentials
      ? exchangedTokens(next, sendable(credentials.apiKey, "ICA_API_KEY", secrets), clock, onEvent, secrets)
      : tokenOf(credentials.accessToken, credentials.variable ?? "ICA_ACCESS_TOKEN", secrets);
  return async (request) => {
    if (request.auth !== "token") {
      return next(request);
    }
    let attempt = request;
    let token = await beforeSending(attempt, () => tokens.current());
    for (let renewals = 0; ; renewals++) {
      try {
        return await next(bearing(attempt, token));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) {
          throw error;
        }
        // A token that came to its end while the call waited out a 429 says nothing about the key.
        const isOver = tokens.hasEnded(token) && renewals < MOST_RENEWALS;
        if (renewals > 0 && !isOver) {
          throw error;
        }
        attempt = { ...request, unsettled: error.unsettled };
        const refused = token;
        token = await beforeSending(attempt, () => tokens.renewed(refused, error));
      }
    }
  };
}

function tokenOf(token: string, variable: string, secrets: Secrets): Tokens {
  return givenToken(sendable(token, variable, secrets), variable);
}

/** Tokens that end before their call has its turn, one after the other: then they live too short to work with. */
const MOST_RENEWALS = 10;

function bearing(request: IcaRequest, token: string): IcaRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/**
 * Without a token the call itself was never sent, whatever became of the token call: its failure must not look as if
 * the call may have taken effect.
 */
async function beforeSending(request: IcaRequest, obtain: () => Promise<string>): Promise<string> {
  const unsettled = request.unsettled ?? false;
  try {
    return await obtain();
  } catch (error) {
    if (error instanceof AbortedError && unsettled) {
      throw new NetworkError(request, "interrupted after a try whose outcome is unknown", true, { cause: error });
    }
    if (error instanceof NetworkError) {
      throw new NetworkError(error.call, withoutCall(error), unsettled, { cause: error });
    }
    if (error instanceof ApiError) {
      throw new ApiError(error.call, { ...error, unsettled }, { cause: error });
    }
    if (error instanceof ProtocolError) {
      throw new ProtocolError(error.call, withoutCall(error), unsettled ? error.status : undefined, { cause: error });
    }
    throw error;
  }
}

function withoutCall(error: NetworkError | ProtocolError): string {
  return error.message.slice(`${error.call.method} ${error.call.path}: `.length);
}

/** Learns from the tokens that go out who the calls are made for. */
export function knownUser(next: Transport): { transport: Transport; userId(): string | undefined } {
  let last = "";
  let user: string | undefined;
  return {
    transport: (request) => {
      const bearer = request.headers?.authorization;
      if (bearer !== undefined && bearer !== last) {
        last = bearer;
        user = subjectOf(bearer.slice("Bearer ".length));
      }
      return next(request);
    },
    userId: () => user,
  };
}

/** One trailing newline is what files and shells add; anything else odd would only make ICA's refusal puzzling. */
function sendable(value: string, name: string, secrets: Secrets): string {
  const trimmed = value.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new UsageError(`${name} is empty, or has spaces or other characters that a key cannot have`);
  }
  secrets.add(trimmed);
  return trimmed;
}
