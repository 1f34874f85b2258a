/** Forms of names and ids that both manifests and the command line are held to. */

/** An id of ICA's: projects, pipelines, credentials and analyses have UUIDs, data has ids of its own. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A Stack's name (contract, "Manifests"). */
export const STACK_NAME = /^[a-z0-9-]{1,63}$/;
