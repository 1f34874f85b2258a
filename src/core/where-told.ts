import { ApiError } from "./errors.ts";

/**
 * ICA tells some things only to some users, of some pipelines, for some inputs: what is only shown is then not told,
 * and no failure.
 */
export async function whereTold<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && [400, 403, 404].includes(error.status)) {
      return undefined;
    }
    throw error;
  }
}
