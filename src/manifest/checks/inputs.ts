import { externalType } from "../../core/external.ts";
import { inputPartsOf, type Placed } from "../../core/input-parts.ts";
import type { ExternalData } from "../../core/spec.ts";
import type { Declarations, DeclaredRun } from "../declare.ts";
import { type Finding, placed, type ValueMistake } from "../finding.ts";

/** Rules between the keys of one run's input (contract, "Manifests" and "Endpoint chosen"). */
export function* checkInputs({ runs }: Declarations): Generator<Finding> {
  for (const run of runs) yield* placed(mistakesOf(run), run);
}

function* mistakesOf(run: DeclaredRun): Generator<ValueMistake> {
  yield* checkActivationCode(run);
  const { mounts, externals } = inputPartsOf(run.spec);
  for (const { value, path } of mounts) yield* checkMountPath(value.path, [...path, "path"], false);
  for (const external of externals) yield* checkExternal(external);
}

function* checkActivationCode({ spec }: DeclaredRun): Generator<ValueMistake> {
  if (spec.activationCode === undefined) return;
  for (const input of ["custom", "formValues"] as const) {
    if (spec.input[input] === undefined) continue;
    yield {
      path: ["spec", "activationCode"],
      what: "key",
      code: "activation-code",
      message: `ICA takes no activation code with \`${input}\` input`,
      help: "remove it: ICA then picks the best match itself",
    };
  }
}

function* checkExternal({ value, path }: Placed<ExternalData>): Generator<ValueMistake> {
  const type = externalType(value);
  if (type === undefined) {
    yield {
      path: [...path, "url"],
      code: "external-type",
      message: "what kind of data is this? Its URL starts with none of s3://, http:// and https://",
      help: "correct the URL, or say type: s3, http or basespace",
    };
    return;
  }
  yield* checkCredential(value, path, type);
  if (value.basespace !== undefined && type !== "basespace") {
    yield {
      path: [...path, "basespace"],
      what: "key",
      code: "external-type",
      message: `\`basespace\` is for BaseSpace data, and this is ${type}`,
      help: "remove it, or say type: basespace",
    };
  }
  if (typeof value.mountPath === "string" && type !== "basespace") {
    yield* checkMountPath(value.mountPath, [...path, "mountPath"], isFolderUrl(value.url));
  }
}

function* checkCredential(value: ExternalData, path: Placed<unknown>["path"], type: string): Generator<ValueMistake> {
  if (type === "s3" && value.credential === undefined) {
    yield {
      path,
      code: "s3-credential",
      message: "this S3 input has no `credential`, and ICA does not support public S3",
      help: "name a StorageCredential of this tree, or one in ICA by { id: … }; public data: its https URL",
    };
  }
  if (type !== "s3" && value.credential !== undefined) {
    yield {
      path: [...path, "credential"],
      what: "key",
      code: "s3-credential",
      message: `\`credential\` is for S3 data, and this is ${type}`,
      help: "remove it, or say type: s3",
    };
  }
}

/** The path of a URL counts: a presigned one has a query behind it. */
function isFolderUrl(url: string): boolean {
  return /^[^?#]*\/(?:[?#]|$)/.test(url);
}

function* checkMountPath(mountPath: string, path: Placed<unknown>["path"], isFolder: boolean): Generator<ValueMistake> {
  const parts = mountPath.split("/");
  const last = parts.at(-1);
  if (last === "" && !isFolder) {
    yield {
      path,
      code: "mount-path",
      message: "a mount path ends with a file name, not with `/`",
      help: "add the name that the pipeline shall see",
    };
  } else if (last === "." || last === ".." || parts.includes("..")) {
    yield { path, code: "mount-path", message: "a mount path has no `..` in it and does not end with `.`" };
  }
}
