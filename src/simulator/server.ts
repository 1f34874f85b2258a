import type { AddressInfo } from "node:net";
import { type Clock, simulatedClock } from "./clock.ts";
import { type Control, controlOf, controlServe } from "./control.ts";
import { downloads } from "./download.ts";
import { type FaultInput, readFaultRules } from "./faultRules.ts";
import { type Serve, stack } from "./http.ts";
import { seededIds } from "./ids.ts";
import { settle, statusOf } from "./lifecycle.ts";
import { listener } from "./listener.ts";
import { cors, problems } from "./middleware/answers.ts";
import { keysOf } from "./middleware/auth.ts";
import { faultsOf } from "./middleware/faults.ts";
import { idempotency, slowness } from "./middleware/idempotency.ts";
import { type RequestLogEntry, recording } from "./middleware/log.ts";
import { rateLimit } from "./middleware/rate.ts";
import { plant } from "./planting.ts";
import type { AnalysisRecord, AnalysisStatus, Credential, DataRecord, Pipeline, Project, User } from "./records.ts";
import type { Sample } from "./recordsOfBatches.ts";
import { router } from "./router.ts";
import { allRoutes } from "./routes/index.ts";
import { placed } from "./seed.ts";
import { SeedMistake } from "./seedReaders.ts";
import type { Seed } from "./seedTypes.ts";
import { dataShelf, emptyStore, type Store } from "./store.ts";
import { initialSwitches, type Switches } from "./switches.ts";
import { USUAL_SEED } from "./usualSeed.ts";
import type { World } from "./world.ts";

export interface SimulatorOptions {
  /** The world to start with; absent: the usual one. */
  seed?: Seed;
  /** Default 0: a free one. */
  port?: number;
  /** Over those of the seed. */
  switches?: Partial<Switches>;
  /** Added to those of the seed. */
  faults?: FaultInput[];
  /** All ids and dice come from it; default 1. */
  randomSeed?: number;
  /** Serves `/control/`; default false. */
  control?: boolean;
  /** Keeps every request in `requests`; default: whether `control` is served. */
  record?: boolean;
  /** At most so many are kept, the latest; default 100,000. */
  recordLimit?: number;
  /** Told of every request, recorded or not. */
  onRequest?: (entry: RequestLogEntry) => void;
  /** Milliseconds since 1970; default `Date.now`. */
  clock?: () => number;
}

/** A running simulator: what a client needs, and what a test wants to see and turn. */
export interface Simulator {
  /** `http://127.0.0.1:PORT/ica/rest` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/control`, or null. */
  readonly controlUrl: string | null;
  /** The first user's. */
  readonly apiKey: string;
  readonly users: readonly User[];
  pipelines(): Pipeline[];
  /** Every request that was recorded, in the order of the answers. */
  readonly requests: RequestLogEntry[];
  /** Requests answered since the start (or the last reset), recorded or not. */
  requestCount(): number;
  projects(): Project[];
  /** @param project name or id; absent: of all projects */
  analyses(project?: string): (AnalysisRecord & { status: AnalysisStatus })[];
  data(project: string): DataRecord[];
  credentials(): Credential[];
  samples(): Sample[];
  readonly control: Control;
  /** A copy of all that the server remembers. */
  snapshot(): Store;
  /** Back to a snapshot, or to the seed; forgets recorded requests. */
  reset(snapshot?: Store): void;
  close(): Promise<void>;
}

/** Starts an ICA in memory on 127.0.0.1. @throws Error for a seed whose names lead nowhere, or a port in use */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const seed = options.seed ?? USUAL_SEED;
  const world = newWorld(options, seed);
  const requests: RequestLogEntry[] = [];
  let count = 0;
  const keys = keysOf(world);
  const faults = faultsOf(world, keys);
  faults.add(readFaultRules([...(seed.faults ?? []), ...(options.faults ?? [])]));
  const around = { idempotent: [idempotency(world)], all: [slowness(sleep)] };
  const record = (entry: RequestLogEntry): void => {
    count += 1;
    options.onRequest?.(entry);
    if ((options.record ?? options.control) !== true) return;
    requests.push(entry);
    if (requests.length > (options.recordLimit ?? 100_000)) requests.shift();
  };
  const api: Serve = stack(
    [recording(world, record), cors, problems(world), faults.layer, problems(world), rateLimit(world), settling(world)],
    router(world, allRoutes(keys), around),
  );
  const control = controlOf(world, faults);
  const server = listener({
    serve: {
      "/ica/rest": api,
      "/download": downloads(world),
      ...(options.control === true
        ? {
            "/control": stack(
              [cors],
              controlServe(world, control, () => ({ requests, count })),
            ),
          }
        : {}),
    },
    identify: (request) => keys.identify(request),
    now: () => world.clock.now(),
  });
  const { port } = await new Promise<AddressInfo>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(cause.code === "EADDRINUSE" ? new Error(`port ${options.port} is in use already`, { cause }) : cause),
    );
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve(server.address() as AddressInfo));
  });
  const idOf = (project: string): string | undefined =>
    [...world.store.projects.values()].find(({ id, name }) => id === project || name === project)?.id;
  return {
    url: `http://127.0.0.1:${port}/ica/rest`,
    controlUrl: options.control === true ? `http://127.0.0.1:${port}/control` : null,
    apiKey: world.store.users[0]?.apiKey ?? "",
    users: world.store.users,
    requests,
    requestCount: () => count,
    control,
    pipelines: () => [...world.store.pipelines.values()],
    projects: () => [...world.store.projects.values()],
    analyses(project) {
      settle(world);
      const found = [...world.store.analysisById.values()].filter(
        ({ projectId }) => project === undefined || projectId === idOf(project),
      );
      return found.map((analysis) => ({ ...analysis, status: statusOf(analysis, world.clock) }));
    },
    data(project) {
      settle(world);
      return [...dataShelf(world.store, idOf(project) ?? project).rows];
    },
    credentials: () => [...world.store.credentials.values()],
    samples: () => [...world.store.samples.values()],
    snapshot: () => structuredClone(world.store),
    reset(snapshot) {
      world.store = snapshot === undefined ? emptyStore() : structuredClone(snapshot);
      if (snapshot === undefined) {
        world.ids = seededIds(options.randomSeed ?? 1);
        plant(world, seed);
      }
      requests.length = 0;
      count = 0;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function newWorld(options: SimulatorOptions, seed: Seed): World {
  const switches: Switches = { ...initialSwitches(), ...seed.switches, ...options.switches };
  const clock: Clock = simulatedClock(options.clock ?? Date.now, switches.speed);
  const world: World = { store: emptyStore(), clock, ids: seededIds(options.randomSeed ?? 1), switches };
  try {
    plant(world, seed);
  } catch (error) {
    throw error instanceof SeedMistake ? placed(seed, error) : error;
  }
  return world;
}

/** Writes the outputs of runs that have ended before the request looks at anything. */
function settling(world: World) {
  return (next: Serve): Serve =>
    async (exchange) => {
      settle(world);
      return next(exchange);
    };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
