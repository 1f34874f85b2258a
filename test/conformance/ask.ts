import { PROBLEM } from "./media.ts";
import { EXPECT } from "./proxy.ts";
import type { Stage } from "./stage.ts";

export const V3 = "application/vnd.illumina.v3+json";
export const V4 = "application/vnd.illumina.v4+json";
export const JSON_TYPE = "application/json";

export type Json = Record<string, unknown>;

/** What differs from a request in V3, with the first user's key, that is answered by 200. */
export interface Ask {
  body?: unknown;
  /** Media type of the body and, unless `accept` is given, of the answer. */
  type?: string;
  accept?: string;
  headers?: Record<string, string>;
  /** Expected status. */
  status?: number;
  /** The rules of the description that the request breaks on purpose. */
  breaks?: string;
}

export interface Told {
  body: unknown;
  etag: string;
}

/** Asks the simulator through the proxy. */
export interface Asker {
  ask(method: string, path: string, ask?: Ask): Promise<Told>;
  /** GETs each path in each media type. */
  get(paths: readonly string[], ...types: string[]): Promise<void>;
  /** One list in both paging modes, and sorted where it can be: by cursor over some pages, by offset. */
  pages(method: string, path: string, list?: Ask & { sort?: string }): Promise<void>;
  /** Posts what is answered by nothing. */
  act(path: string, ask?: Ask): Promise<void>;
  id(path: string, ask: Ask): Promise<string>;
  projectId(name?: string): string;
  project(name?: string): string;
  pipelineId(code: string): string;
  dataId(path: string, project?: string): string;
  /** Answers that had another status than expected. */
  readonly mistakes: string[];
}

const PAGES = 3;

export function askerOf({ simulator, proxy }: Pick<Stage, "simulator" | "proxy">): Asker {
  const mistakes: string[] = [];
  const base = proxy.url;
  const ask: Asker["ask"] = async (method, path, how = {}) => {
    const { body, type = V3, accept = type, headers = {}, status = 200, breaks } = how;
    const response = await fetch(base + path, {
      method,
      redirect: "manual",
      headers: {
        "x-api-key": simulator.apiKey,
        accept,
        ...(body === undefined ? {} : { "content-type": type }),
        ...(breaks === undefined ? {} : { [EXPECT]: breaks }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== status)
      mistakes.push(`${method} ${path} answered ${response.status}, not ${status}: ${text.slice(0, 300)}`);
    return { body: text === "" ? undefined : JSON.parse(text), etag: response.headers.get("etag") ?? "" };
  };
  const projectId = (name = "cohort-7-prod"): string =>
    simulator.projects().find((project) => project.name === name)?.id ?? "";
  return {
    ask,
    async get(paths, ...types) {
      for (const path of paths) for (const type of types) await ask("GET", path, { type });
    },
    async pages(method, path, { sort, ...how } = {}) {
      const join = path.includes("?") ? "&" : "?";
      const page = (query: Record<string, string>): Promise<Told> =>
        ask(method, `${path}${join}${new URLSearchParams(query)}`, how);
      let next: Record<string, string> = {};
      for (let count = 0; count < PAGES; count += 1) {
        const { body } = await page({ pageSize: "1", ...next });
        const token = pick(body, "nextPageToken");
        if (typeof token !== "string" || token === "") break;
        next = { pageToken: token };
      }
      await page({ pageOffset: "0", pageSize: "1" });
      await page({ pageOffset: "1" });
      if (sort === undefined) return;
      await page({ sort });
      await page({ sort: `${sort} desc`, pageOffset: "1", pageSize: "1" });
    },
    async act(path, how = {}) {
      await ask("POST", path, { accept: PROBLEM, status: 204, ...how });
    },
    id: async (path, how) => String(pick((await ask("POST", path, { status: 201, ...how })).body, "id")),
    projectId,
    project: (name) => `/api/projects/${projectId(name)}`,
    pipelineId: (code) => simulator.pipelines().find((pipeline) => pipeline.code === code)?.id ?? "",
    dataId: (path, project = "cohort-7-prod") =>
      simulator.data(project).find((record) => record.path === path)?.id ?? "",
    mistakes,
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
