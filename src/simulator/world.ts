import type { Clock } from "./clock.ts";
import type { Ids } from "./ids.ts";
import type { Store } from "./store.ts";
import type { Switches } from "./switches.ts";

/** What a request acts on. `store` is replaced as a whole by a reset. */
export interface World {
  store: Store;
  clock: Clock;
  ids: Ids;
  switches: Switches;
}

/** One tenant, one region: ICA's own are not the simulator's subject, but every answer names them. */
export interface Surroundings {
  tenantId: string;
  tenantName: string;
  regionId: string;
  countryId: string;
}

/** Every record names the tenant, so a page of a thousand must not hash its name a thousand times. */
const known = new WeakMap<Ids, Surroundings>();

/** The tenant and region of a world; the same for the same random seed. */
export function surroundings(world: World): Surroundings {
  const made = known.get(world.ids) ?? {
    tenantId: world.ids.named("tenant"),
    tenantName: "simulated-tenant",
    regionId: world.ids.named("region"),
    countryId: world.ids.named("country"),
  };
  known.set(world.ids, made);
  return made;
}

export function nextSequence(world: World): number {
  world.store.sequence += 1;
  return world.store.sequence;
}
