import { address } from "../core/address.ts";
import type { Kind } from "../core/kind.ts";
import type { Desired } from "../core/resource.ts";
import type { Declared, StorageCredentialSpec } from "../core/spec.ts";

const KIND = "StorageCredential";

/**
 * A credential for the lab's own S3 storage. ICA never returns its secrets and tells no owner, so its name is its
 * identity, and whether it is due is told by dates alone (contract, "Actions").
 */
export const storageCredential: Kind = {
  kind: KIND,

  projects: () => [],

  desire: (tree) => tree.credentials.map(desired),

  looksIn: "own",

  async *observe(reader) {
    for (const credential of await reader.credentials()) {
      yield {
        kind: KIND,
        name: credential.name,
        id: credential.id,
        attempt: 0,
        phase: "succeeded",
        timeCreated: credential.timeCreated,
        timeModified: credential.timeModified,
        readable: {},
      };
    }
  },

  needs: () => [],

  targets: () => [],

  readBack: () => undefined,

  toStep({ tree, change, desired: item, observed }) {
    const declared = tree.credentials.find((credential) => credential.name === item.name);
    if (declared === undefined) return { diagnostics: [] };
    const { accessKeyId, secretAccessKey, share } = declared.spec;
    const secrets = { accessKeyId, secretAccessKey };
    if (change.action === "create") {
      return { step: { type: "create-credential", name: item.name, secrets, share: share ?? false }, diagnostics: [] };
    }
    if (change.action !== "update" || observed === undefined) return { diagnostics: [] };
    const isRotation = change.fields.some((field) => field.path === "secrets");
    const isShare = change.fields.some((field) => field.path === "share");
    return {
      step: {
        type: "update-credential",
        id: observed.id,
        name: item.name,
        secrets: isRotation ? secrets : undefined,
        share: isShare,
      },
      diagnostics: [],
    };
  },
};

function desired(declared: Declared<StorageCredentialSpec>): Desired {
  const { rotateAfter } = declared.spec;
  return {
    address: address(KIND, declared.name),
    kind: KIND,
    name: declared.name,
    formerNames: declared.formerNames,
    sections: {},
    fingerprint: {},
    ...(rotateAfter === undefined ? {} : { freshAfter: rotateAfter }),
    rerun: { onChange: false, onFailure: 0, onUpstream: false, ignoreChanges: [] },
    dependsOn: [],
    locate: declared.locate,
  };
}
