/** When a JWT ends, read without verifying it: ICA is who verifies (ica-facts: the lifetime is set by the tenant). */

/** `lifetimeMs` is there when the token says both when it was issued and when it ends. */
export interface TokenEnd {
  /** Milliseconds since 1970, by the server's clock. */
  expiresAt: number;
  lifetimeMs?: number;
}

/** Undefined for anything that is not a JWT with an `exp` (RFC 7519, section 4.1.4). */
export function endOf(token: string): TokenEnd | undefined {
  const claims = claimsOf(token);
  const expires = seconds(claims?.exp);
  const issued = seconds(claims?.iat);
  if (expires === undefined) {
    return undefined;
  }
  return {
    expiresAt: expires * 1000,
    ...(issued === undefined || issued >= expires ? {} : { lifetimeMs: (expires - issued) * 1000 }),
  };
}

function claimsOf(token: string): Record<string, unknown> | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) {
    return undefined;
  }
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    // An opaque token is as good as a JWT; it is used until ICA refuses it.
    return undefined;
  }
}

function seconds(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Who the token speaks for: its `sub`, which ICA gives analyses as their owner; undefined where it tells none. */
export function subjectOf(token: string): string | undefined {
  const { sub } = claimsOf(token) ?? {};
  return typeof sub === "string" ? sub : undefined;
}
