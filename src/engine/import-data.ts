import { externalType } from "../core/external.ts";
import type { AnalysisInput, StartedWithExternal } from "../core/ica.ts";
import { withoutSignature } from "../core/presigned.ts";
import type { ExternalData, ExternalType, InputData, SecretRef } from "../core/spec.ts";
import { STAND_IN_CREDENTIAL } from "../core/stand-in.ts";

type Path = readonly (string | number)[];

/** Where the parts of an input say what they lack, and how they name credentials. */
export interface InputSource {
  /** Worth knowing at this place. */
  note(path: Path, text: string): void;
  /** What stands at this place is not what the run was started with. */
  missing(path: Path, text: string): void;
  /** How a manifest names a credential of ICA. */
  credential(id: string): string | { id: string };
  /** For S3 data whose credential ICA does not return. */
  unknownCredential: string | { id: string } | undefined;
}

/** Data that one parameter, field or text was given. */
export type ImportedInput = Pick<AnalysisInput, "external"> & {
  data: { dataId: string; name?: string; mountPath?: string }[];
};

/** `files`, `mounts` and `external`, each in ICA's order. */
export function dataOf({ data, external }: ImportedInput, path: Path, source: InputSource): InputData {
  const files = data.filter(({ mountPath }) => mountPath === undefined);
  const mounts = data.flatMap(({ dataId, name, mountPath }) =>
    mountPath === undefined ? [] : [{ file: dataId, path: mountPath, name }],
  );
  for (const [index, { name }] of files.entries()) {
    if (name !== undefined) source.note([...path, "files", index], name);
  }
  for (const [index, { name }] of mounts.entries()) {
    if (name !== undefined) source.note([...path, "mounts", index, "file"], name);
  }
  return {
    ...(files.length === 0 ? {} : { files: files.map(({ dataId }) => dataId) }),
    ...(mounts.length === 0 ? {} : { mounts: mounts.map(({ file, path: mountPath }) => ({ file, path: mountPath })) }),
    ...(external.length === 0 ? {} : { external: externalsOf(external, [...path, "external"], source) }),
  };
}

export function externalsOf(external: readonly StartedWithExternal[], path: Path, source: InputSource): ExternalData[] {
  return external.map((entry, index) => externalOf(entry, [...path, index], source));
}

/**
 * Secrets by reference in the place of values that look like some: nobody may read in a manifest what was a secret
 * when the run was started.
 */
export function secretRefs(name: string, values: readonly unknown[], path: Path, source: InputSource): SecretRef[] {
  const env = name
    .toUpperCase()
    .replace(/[^A-Z0-9_]+/g, "_")
    .replace(/^(?=[0-9])|^$/, "_");
  source.missing(path, "what ICA returned looks like a secret, and is not written here");
  return values.map((_value, index) => ({ env: values.length === 1 ? env : `${env}_${index + 1}` }));
}

function externalOf(entry: StartedWithExternal, path: Path, source: InputSource): ExternalData {
  const url = withoutSignature(entry.url);
  if (url !== entry.url)
    source.note([...path, "url"], "its signature is not written here: sign it anew to start again");
  const type = entry.type as ExternalType;
  return {
    url,
    ...(externalType({ url }) === type ? {} : { type }),
    ...(entry.mountPath === "" ? {} : { mountPath: entry.mountPath }),
    ...(type === "s3" ? { credential: credentialOf(entry, path, source) } : {}),
    ...(entry.basespace === undefined ? {} : { basespace: entry.basespace }),
  };
}

function credentialOf(entry: StartedWithExternal, path: Path, source: InputSource): string | { id: string } {
  if (entry.credentialId !== undefined) return source.credential(entry.credentialId);
  if (source.unknownCredential !== undefined) return source.unknownCredential;
  source.missing([...path, "credential"], "ICA does not return the credential: put its name or id here");
  return STAND_IN_CREDENTIAL;
}
