/** A JSON Schema as it stands in a file. */
export type Schema = Record<string, unknown>;

/**
 * One schema that needs no other file: what it refers to in other files becomes a definition of its own, named
 * `<file>.<definition>`, so that nothing collides.
 *
 * @param name of the file to begin with, such as `pipeline-run.json`
 * @param files all schemas by their file names
 * @throws Error when a reference leads nowhere, which is a mistake in `schemas/`
 */
export function bundleSchema(name: string, files: ReadonlyMap<string, Schema>): Schema {
  const bundle: Bundle = { root: name, files, definitions: {} };
  const { definitions, ...root } = schemaOf(files, name);
  const own = Object.entries((definitions ?? {}) as Schema).map(([key, value]) => [
    key,
    rewritten(value, name, bundle),
  ]);
  const schema = rewritten(root, name, bundle) as Schema;
  const all = { ...Object.fromEntries(own), ...bundle.definitions };
  return Object.keys(all).length === 0 ? schema : { ...schema, definitions: all };
}

interface Bundle {
  root: string;
  files: ReadonlyMap<string, Schema>;
  /** What was brought in from other files. */
  definitions: Schema;
}

/** A copy in which every reference stays within the bundle. `file` is where the node stands. */
function rewritten(node: unknown, file: string, bundle: Bundle): unknown {
  if (Array.isArray(node)) return node.map((item) => rewritten(item, file, bundle));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" ? reference(value, file, bundle) : rewritten(value, file, bundle),
    ]),
  );
}

/** `#/definitions/x`, `other.json` and `other.json#/definitions/x` are all that `schemas/` uses. */
function reference(ref: string, from: string, bundle: Bundle): string {
  const [target, pointer = ""] = ref.split("#", 2) as [string, string?];
  const file = target === "" ? from : target;
  const definition = pointer.replace(/^\/definitions\//, "");
  if (file === bundle.root) return `#${pointer}`;
  const name = [file.replace(/\.json$/, ""), definition].filter((part) => part !== "").join(".");
  if (!(name in bundle.definitions)) {
    // A place first: definitions may refer to themselves.
    bundle.definitions[name] = {};
    bundle.definitions[name] = rewritten(targetOf(file, definition, bundle.files), file, bundle);
  }
  return `#/definitions/${name}`;
}

function targetOf(file: string, definition: string, files: ReadonlyMap<string, Schema>): unknown {
  const { $schema: _dialect, definitions, ...whole } = schemaOf(files, file);
  if (definition === "") return whole;
  const found = (definitions as Schema | undefined)?.[definition];
  if (found === undefined) throw new Error(`schemas/${file} has no definition ${definition}`);
  return found;
}

function schemaOf(files: ReadonlyMap<string, Schema>, name: string): Schema {
  const schema = files.get(name);
  if (schema === undefined) throw new Error(`schemas/${name} is missing`);
  return schema;
}
