/** One manifest document; `spec` is YAML in flow style, `{ … }`. */
export function manifest(kind: string, name: string, spec: string, metadata = ""): string {
  return `---\napiVersion: icaform/v1\nkind: ${kind}\nmetadata: { name: ${name}${metadata} }\nspec: ${spec}\n`;
}

/** A Stack called `lab` in project `prod`, with further keys of its spec. */
export function stack(more = "", name = "lab"): string {
  return manifest("Stack", name, `{ project: prod${more === "" ? "" : `, ${more}`} }`);
}

/** A run of the Nextflow pipeline with a custom input, and further keys of its spec. */
export function run(name: string, more = "", metadata = ""): string {
  const input = more.includes("input:") ? "" : ', input: { custom: { text: "reads: 1" } }';
  const pipeline = more.includes("pipeline:") ? "" : "pipeline: nf";
  const parts = [pipeline + input, more].map((part) => part.replace(/^, /, "")).filter((part) => part !== "");
  return manifest("PipelineRun", name, `{ ${parts.join(", ")} }`, metadata);
}

/** A StorageCredential whose secrets come from `S3_KEY_ID` and `S3_SECRET`. */
export function credential(name: string, more = ""): string {
  const secrets = "accessKeyId: { env: S3_KEY_ID }, secretAccessKey: { env: S3_SECRET }";
  return manifest("StorageCredential", name, `{ type: AWS_USER, ${secrets}${more === "" ? "" : `, ${more}`} }`);
}

/** A run that reads from the lab's bucket, with the credential named. */
export function runFromBucket(name: string, credentialName: string): string {
  const external = `[{ url: "s3://bucket/r.fastq.gz", mountPath: in/r.fastq.gz, credential: ${credentialName} }]`;
  return run(name, `input: { custom: { text: "reads: 1", external: ${external} } }`);
}

/** Values for the secrets of `credential`; nobody else's text contains them. */
export const SECRETS = { S3_KEY_ID: "AKIAIOSFODNN7EXAMPLE", S3_SECRET: "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY" };
