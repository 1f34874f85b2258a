import type { Project } from "../records.ts";
import { surroundings, type World } from "../world.ts";

/** A JSON object of the API. */
export type Json = Record<string, unknown>;

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The fields that every V3 resource starts with. */
export function resourceV3(
  world: World,
  record: { id: string; ownerId?: string; timeCreated: number; timeModified?: number },
): Json {
  const { tenantId, tenantName } = surroundings(world);
  return {
    id: record.id,
    timeCreated: isoTime(record.timeCreated),
    timeModified: isoTime(record.timeModified ?? record.timeCreated),
    ownerId: record.ownerId ?? systemUser(world),
    tenantId,
    tenantName,
  };
}

/** The fields that every V4 resource starts with: owner and tenant are objects. */
export function resourceV4(
  world: World,
  record: { id: string; ownerId?: string; timeCreated: number; timeModified?: number },
): Json {
  const { tenantId, tenantName } = surroundings(world);
  return {
    id: record.id,
    timeCreated: isoTime(record.timeCreated),
    timeModified: isoTime(record.timeModified ?? record.timeCreated),
    owner: { id: record.ownerId ?? systemUser(world) },
    tenant: { id: tenantId, name: tenantName },
  };
}

export function regionView(world: World): Json {
  const { regionId, countryId } = surroundings(world);
  const timeCreated = world.clock.timeOf(0);
  const country = {
    ...resourceV3(world, { id: countryId, timeCreated }),
    code: "US",
    name: "United States",
    region: "NA",
  };
  return { ...resourceV3(world, { id: regionId, timeCreated }), code: "US", country, cityName: "Ashburn" };
}

export function projectView(world: World, project: Project): Json {
  return {
    ...resourceV3(world, project),
    urn: `urn:ilmn:ica:project:${project.id}#${project.name}`,
    name: project.name,
    active: true,
    baseEnabled: false,
    shortDescription: null,
    information: null,
    region: regionView(world),
    billingMode: "PROJECT",
    dataSharingEnabled: true,
    tags: { technicalTags: [], userTags: [] },
    analysisPriority: "MEDIUM",
    metadataModel: null,
    application: null,
    projectOwner: systemUser(world),
  };
}

/** Who owns what no user made. */
export function systemUser(world: World): string {
  return world.store.users[0]?.id ?? world.ids.named("system");
}

/** A strong entity tag (RFC 9110 section 8.8.3). */
export function entityTag(...parts: (string | number)[]): string {
  return `"${parts.join("-")}"`;
}
