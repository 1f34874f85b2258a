import type { Serve } from "./http.ts";
import type { World } from "./world.ts";

/**
 * Stands for the cloud storage that a presigned URL leads to: no key is asked for, and none is welcome. Files have no
 * bytes in the simulator; text files get a few lines that tell what they stand for.
 */
export function downloads(world: World): Serve {
  return async ({ method, path, query, headers }) => {
    const id = path.slice(1);
    const record = [...world.store.data.values()].map(({ byId }) => byId.get(id)).find((found) => found !== undefined);
    const isSigned = record !== undefined && query.get("X-Amz-Signature") === record.objectETag;
    const carriesKey = headers.authorization !== undefined || headers["x-api-key"] !== undefined;
    if (method !== "GET" || !isSigned || carriesKey) return { status: 403, headers: {}, body: "AccessDenied\n" };
    const text = { "content-type": "text/plain" };
    if (!record.path.endsWith("stderr.log")) return { status: 200, headers: text, body: `${record.path}\n` };
    return {
      status: 200,
      headers: text,
      body: "N E X T F L O W\nERROR ~ process terminated with an error exit status (1)\n",
    };
  };
}
