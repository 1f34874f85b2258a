import { JSON_TYPE, V3 } from "../media.ts";
import { nullable, object, oneOf, refuse, text } from "../read.ts";
import type { Credential } from "../records.ts";
import { conflict, notFound } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { entityTag, type Json, resourceV3 } from "../views/common.ts";
import type { World } from "../world.ts";

const takes = [V3, JSON_TYPE];

/** Storage credentials. Secrets are checked and forgotten: the API never gives them back, so neither can we. */
export const credentialRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/storageCredentials",
    answers: [V3],
    handle: (call) => {
      const seen = [...call.world.store.credentials.values()].filter((credential) => visible(call, credential));
      return { status: 200, body: { items: seen.map((credential) => credentialView(call.world, credential)) } };
    },
  },
  { method: "POST", path: "/api/storageCredentials", answers: [V3], takes, handle: createCredential },
  {
    method: "GET",
    path: "/api/storageCredentials/{storageCredentialId}",
    answers: [V3],
    handle: (call) => answer(200, call.world, findCredential(call)),
  },
  {
    method: "POST",
    path: "/api/storageCredentials/{storageCredentialId}:share",
    answers: [],
    handle: (call) => {
      // "Here you share your own storage credentials" (OpenAPI).
      findOwn(call).shared = true;
      return { status: 204 };
    },
  },
  {
    method: "POST",
    path: "/api/storageCredentials/{storageCredentialId}:updateSecrets",
    answers: [],
    takes,
    handle: (call) => {
      const credential = findOwn(call);
      if (object({ awsCredentials: secrets })(call.body, "").awsCredentials === null)
        throw refuse("awsCredentials", "is required");
      if (call.world.switches.updateSecretsMovesTimeModified) credential.timeModified = call.world.clock.now();
      credential.version += 1;
      return { status: 204 };
    },
  },
];

const secret = text({ min: 1, max: 100, pattern: /^[^=,]*$/, hint: "[^=,]*" });
const secrets = nullable(object({ accessKeyId: secret, secretAccessKey: secret }));

const creation = object({
  name: text({ min: 1, max: 150, pattern: /^[a-zA-Z0-9_-]*$/, hint: "^[a-zA-Z0-9_-]*$" }),
  type: oneOf("AWS_USER"),
  awsCredentials: secrets,
});

function createCredential({ world, user, body }: Call): Reply {
  const { name, awsCredentials } = creation(body, "");
  if (awsCredentials === null) throw refuse("awsCredentials", "is required");
  const taken = [...world.store.credentials.values()].some((other) => other.name === name && other.ownerId === user.id);
  if (taken && world.switches.duplicateCredentialNames === "conflict") {
    throw conflict("ICA_CRED_409", `Storage credentials ${name} already exist`);
  }
  const now = world.clock.now();
  const id = world.ids.uuid();
  const credential = { id, name, ownerId: user.id, shared: false, timeCreated: now, timeModified: now, version: 1 };
  world.store.credentials.set(id, credential);
  return answer(201, world, credential);
}

function findCredential(call: Call): Credential {
  const credential = call.world.store.credentials.get(call.param("storageCredentialId"));
  if (credential === undefined || !visible(call, credential)) {
    throw notFound("Storage credentials", call.param("storageCredentialId"));
  }
  return credential;
}

function findOwn(call: Call): Credential {
  const credential = findCredential(call);
  if (credential.ownerId !== call.user.id) throw notFound("Storage credentials", credential.id);
  return credential;
}

function visible({ user }: Call, credential: Credential): boolean {
  return credential.shared || credential.ownerId === user.id;
}

function answer(status: number, world: World, credential: Credential): Reply {
  const headers = { etag: entityTag(credential.id, credential.version) };
  return { status, body: credentialView(world, credential), headers };
}

function credentialView(world: World, credential: Credential): Json {
  return { ...resourceV3(world, credential), name: credential.name, type: "AWS_USER" };
}
