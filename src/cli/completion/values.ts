import { loadTree } from "../../manifest/load.ts";

/** One thing to offer, and what shells that can show it say about it. */
export interface Candidate {
  value: string;
  about: string;
}

/**
 * What fits a placeholder of the command line, such as `<address>`: read from the manifests, offline. A tree with
 * mistakes offers nothing; `validate` is there to tell them.
 */
export async function candidatesFor(placeholder: string, paths: readonly string[]): Promise<Candidate[]> {
  if (placeholder === "kind") {
    const { schemaNames } = await import("../commands/schema.ts");
    return schemaNames().map((value) => ({ value, about: "" }));
  }
  if (!["address", "run", "name"].includes(placeholder)) return [];
  const { tree } = await loadTree({ paths: paths.length > 0 ? paths : ["."] });
  if (tree === undefined) return [];
  const named = placeholder === "name" ? tree.credentials : tree.runs;
  if (placeholder !== "address") return named.map(({ name, kind }) => ({ value: name, about: kind }));
  return [...tree.runs, ...tree.credentials].map(({ name, kind }) => ({ value: `${kind}/${name}`, about: "" }));
}
