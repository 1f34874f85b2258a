import { onTestFinished } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";

export const V3 = "application/vnd.illumina.v3+json";
export const V4 = "application/vnd.illumina.v4+json";

type Json = Record<string, unknown>;

/** An answer as tests look at it; `body` is the parsed JSON, `undefined` without a body. */
export interface Answer {
  status: number;
  headers: Headers;
  mediaType: string | null;
  text: string;
  body: unknown;
}

/** What differs from a JSON request in V3 with the first user's key. */
export interface Ask {
  body?: unknown;
  /** Media type of body and answer. */
  type?: string;
  accept?: string;
  headers?: Record<string, string>;
}

/** A simulator for one test, closed at its end, and short names for what tests ask of it. */
export interface Ica {
  simulator: Simulator;
  /** Time stands still; `simulator.control.advance` moves it. */
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
  /** Path of a project, by default the first. */
  project(name?: string): string;
  projectId(name?: string): string;
  pipelineId(code: string): Promise<string>;
  dataId(path: string, project?: string): string;
  /** A body for `analysis:nextflow` that is good as it is. */
  form(over?: Json): Promise<Json>;
  create(over?: Json, headers?: Record<string, string>): Promise<Answer>;
  /** Ids of the items of a search. */
  found(search: Json, query?: string): Promise<string[]>;
}

export async function ica(options: SimulatorOptions = {}): Promise<Ica> {
  const simulator = await startSimulator({ record: true, ...options, switches: { speed: 0, ...options.switches } });
  onTestFinished(() => simulator.close());
  const ask: Ica["ask"] = async (method, path, { body, type = V3, accept = type, headers } = {}) => {
    const content = body === undefined ? {} : { "content-type": type };
    const response = await fetch(simulator.url + path, {
      method,
      redirect: "manual",
      headers: { "x-api-key": simulator.apiKey, accept, ...content, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text !== "" && /json/.test(response.headers.get("content-type") ?? "");
    const mediaType = response.headers.get("content-type");
    return {
      status: response.status,
      headers: response.headers,
      mediaType,
      text,
      body: json ? JSON.parse(text) : undefined,
    };
  };
  const projectId = (name = simulator.projects()[0]?.name): string =>
    simulator.projects().find((project) => project.name === name)?.id ?? "";
  const project = (name?: string): string => `/api/projects/${projectId(name)}`;
  const dataId = (path: string, name = simulator.projects()[0]?.name ?? ""): string =>
    simulator.data(name).find((record) => record.path === path)?.id ?? "";
  const pipelineId = async (code: string): Promise<string> => {
    const listed = pick((await ask("GET", "/api/pipelines")).body, "items") as { id: string; code: string }[];
    return listed.find((pipeline) => pipeline.code === code)?.id ?? "";
  };
  const form = async (over: Json = {}): Promise<Json> => ({
    userReference: "wgs-1",
    pipelineId: await pipelineId("dragen-germline-4-4"),
    analysisInput: {
      inputs: [{ parameterCode: "fastqs", dataIds: [dataId("/fastq/NA12878_R1.fastq.gz")] }],
      parameters: [{ code: "sample_id", value: "NA12878" }],
    },
    ...over,
  });
  return {
    simulator,
    ask,
    project,
    projectId,
    pipelineId,
    dataId,
    form,
    create: async (over, headers = {}) =>
      ask("POST", `${project()}/analysis:nextflow`, { body: await form(over), type: V4, headers }),
    found: async (search, query = "") => {
      const answer = await ask("POST", `${project()}/analysis:search${query}`, { body: search });
      return (pick(answer.body, "items") as { id: string }[]).map(({ id }) => id);
    },
  };
}

/** A value deep in a JSON body: `pick(body, "items.0.data.id")`. */
export function pick(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Json)[key] : undefined),
      value,
    );
}

/** The same as text. */
export function text(value: unknown, path: string): string {
  return String(pick(value, path));
}
