import { ApiError, mayHaveTakenEffect, NoEtagError, TagConflictError } from "../core/errors.ts";

/**
 * Carries out a reading and writing of tags under If-Match. 409 means that somebody changed the analysis in between
 * (412 is what other servers answer to If-Match, RFC 9110): both are done again, once.
 *
 * @throws TagConflictError for a second conflict; not when the write may have taken effect all the same
 */
export async function againOnConflict<Written>(readAndWrite: () => Promise<Written>): Promise<Written> {
  try {
    return await readAndWrite();
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  try {
    return await readAndWrite();
  } catch (error) {
    throw isConflict(error) && !mayHaveTakenEffect(error) ? new TagConflictError({ cause: error }) : error;
  }
}

/**
 * What a write must be sent under.
 *
 * @throws NoEtagError where ICA sent none
 */
export function guardOf({ etag }: { etag?: string }): string {
  if (etag === undefined) throw new NoEtagError();
  return etag;
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 409 || error.status === 412);
}
