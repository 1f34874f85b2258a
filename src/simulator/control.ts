import { type FaultInput, readFaultRules } from "./faultRules.ts";
import { type Answer, type Exchange, jsonAnswer, type Serve } from "./http.ts";
import { force, settle, statusOf } from "./lifecycle.ts";
import { JSON_TYPE } from "./media.ts";
import type { Faults } from "./middleware/faults.ts";
import type { RequestLogEntry } from "./middleware/log.ts";
import { ANALYSIS_STATUSES, type AnalysisStatus } from "./records.ts";
import { readSwitches, type Switches } from "./switches.ts";
import type { World } from "./world.ts";

/** What a test or demo may turn while the simulator runs. */
export interface Control {
  /** Adds fault rules; those in force keep their counts. */
  addFaults(...rules: FaultInput[]): void;
  clearFaults(): void;
  /** Moves the clock, and with it analyses, tokens, limits and Idempotency-Keys. */
  advance(seconds: number): void;
  /** @throws Error if there is no such analysis */
  setStatus(analysisId: string, status: AnalysisStatus): void;
  set(switches: Partial<Switches>): void;
}

export function controlOf(world: World, faults: Faults): Control {
  return {
    addFaults: (...rules) => faults.add(readFaultRules(rules)),
    clearFaults: () => faults.clear(),
    advance: (seconds) => world.clock.advance(seconds),
    setStatus(analysisId, status) {
      settle(world);
      const analysis = world.store.analysisById.get(analysisId);
      if (analysis === undefined) throw new Error(`There is no analysis ${analysisId}`);
      force(world, analysis, status);
      settle(world);
    },
    set(switches) {
      Object.assign(world.switches, switches);
      if (switches.speed !== undefined) world.clock.setSpeed(switches.speed);
    },
  };
}

/** The same over HTTP, for other processes (`--control`). No key is asked for; it listens on loopback only. */
export function controlServe(
  world: World,
  control: Control,
  log: () => { requests: RequestLogEntry[]; count: number },
): Serve {
  const actions: Record<string, (exchange: Exchange) => unknown> = {
    "POST /faults": ({ body }) => {
      const rules = parse(body);
      for (const rule of Array.isArray(rules) ? rules : [rules]) control.addFaults(rule as FaultInput);
      return { ok: true };
    },
    "DELETE /faults": () => {
      control.clearFaults();
      return { ok: true };
    },
    "GET /requests": () => log(),
    "POST /clock": ({ body }) => {
      const { advanceSeconds } = fields(parse(body));
      if (typeof advanceSeconds !== "number") throw new Error("advanceSeconds must be a number");
      control.advance(advanceSeconds);
      return { now: new Date(world.clock.now()).toISOString() };
    },
    "POST /switches": ({ body }) => {
      control.set(readSwitches(fields(parse(body))));
      return { ok: true };
    },
    "GET /state": () => state(world),
  };
  return async (exchange): Promise<Answer> => {
    try {
      const analysis = /^\/analyses\/([^/]+)$/.exec(exchange.path)?.[1];
      if (analysis !== undefined && exchange.method === "POST") {
        const status = ANALYSIS_STATUSES.find((name) => name === fields(parse(exchange.body)).status);
        if (status === undefined) throw new Error(`status must be one of ${ANALYSIS_STATUSES.join(", ")}`);
        control.setStatus(analysis, status);
        return jsonAnswer(200, JSON_TYPE, { ok: true });
      }
      const action = actions[`${exchange.method} ${exchange.path}`];
      if (action === undefined)
        return jsonAnswer(404, JSON_TYPE, {
          error: `There are ${Object.keys(actions).join(", ")}, POST /analyses/{id}`,
        });
      return jsonAnswer(200, JSON_TYPE, action(exchange));
    } catch (error) {
      return jsonAnswer(400, JSON_TYPE, { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

/** All that a test may want to count, without the large fields. */
function state(world: World): unknown {
  settle(world);
  const { store, clock } = world;
  return {
    now: new Date(clock.now()).toISOString(),
    users: store.users.map(({ id, name }) => ({ id, name })),
    projects: [...store.projects.values()].map(({ id, name }) => ({ id, name })),
    pipelines: [...store.pipelines.values()].map(({ id, code }) => ({ id, code })),
    credentials: [...store.credentials.values()],
    data: [...store.data.values()].flatMap(({ rows }) =>
      rows.map(({ id, projectId, path, size, status }) => ({ id, projectId, path, size, status })),
    ),
    analyses: [...store.analysisById.values()].map((analysis) => ({
      id: analysis.id,
      projectId: analysis.projectId,
      reference: analysis.reference,
      userReference: analysis.userReference,
      status: statusOf(analysis, clock),
      tags: analysis.tags,
    })),
  };
}

function parse(body: Buffer): unknown {
  return JSON.parse(body.toString("utf8"));
}

function fields(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("The body must be an object");
  return { ...value };
}
