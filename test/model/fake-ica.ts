import { AbortedError, ApiError, NetworkError } from "../../src/core/errors.ts";
import type { Analysis, Writer } from "../../src/core/ica.ts";

/** What happens to one call. `crash`: the process ends here; nothing that it calls later arrives. */
export type Fault =
  | "none"
  | "lose-request"
  | "lose-answer"
  | "refuse"
  | "fail-before"
  | "fail-after"
  | "in-flight"
  | "crash-before"
  | "crash-after";

export const FAULTS: readonly Fault[] = [
  "none",
  "lose-request",
  "lose-answer",
  "refuse",
  "fail-before",
  "fail-after",
  "in-flight",
  "crash-before",
  "crash-after",
];

const PROJECT = { id: "11111111-1111-4111-8111-111111111111", name: "lab" };
const PIPELINE = {
  id: "22222222-2222-4222-8222-222222222222",
  code: "p",
  language: "NEXTFLOW",
  inputFormType: "XML",
} as const;

/** An ICA of closures, just deep enough for runs: idempotency by user and key, listings that lag, faults to order. */
export class FakeIca {
  /** `endedBefore`: user references of the runs that had succeeded when this one was started. */
  readonly analyses: (Analysis & { visibleFrom: number; endedBefore: string[] })[] = [];
  private readonly stored = new Map<string, { body: string; analysis: Analysis }>();
  private time = 0;
  private lag: number;
  private readonly tellsOwners: boolean;

  /** @param lag listings after a create in which it does not show @param tellsOwners whose a run and a token are */
  constructor(lag: number, tellsOwners = false) {
    this.lag = lag;
    this.tellsOwners = tellsOwners;
  }

  /** From now on what was made shows at once. */
  catchUp(): void {
    this.lag = 0;
    for (const analysis of this.analyses) analysis.visibleFrom = 0;
  }

  finishAll(status: string): void {
    for (const analysis of this.analyses) if (analysis.status === "IN_PROGRESS") analysis.status = status;
  }

  /** The longest-running one ends so; IN_PROGRESS: none does. */
  finishNext(status: string): void {
    const analysis = this.analyses.find((one) => one.status === "IN_PROGRESS");
    if (analysis !== undefined) analysis.status = status;
  }

  /** The client of one process of one user; faults are taken in turn by its creates and listings, then none. */
  process(user: string, faults: readonly Fault[]): Writer {
    let isDead = false;
    let next = 0;
    const take = (): Fault => {
      if (isDead) throw new AbortedError("the process is gone");
      const fault = faults[next++] ?? "none";
      if (fault === "crash-before") {
        isDead = true;
        throw new AbortedError("the process is gone");
      }
      return fault;
    };
    const leave = <T>(fault: Fault, call: { method: string; path: string }, answer: T): T => {
      if (fault === "crash-after") {
        isDead = true;
        throw new AbortedError("the process is gone");
      }
      if (fault === "lose-answer") throw new NetworkError(call, "the answer was lost", true);
      if (fault === "fail-after") throw problem(call, 503, true);
      return answer;
    };
    const absent = async (): Promise<never> => {
      throw new Error("not used by runs");
    };
    return {
      userId: () => (this.tellsOwners ? user : undefined),
      project: absent,
      projects: async function* () {
        take();
        yield PROJECT;
      },
      pipelines: async () => {
        take();
        return [PIPELINE];
      },
      storages: async () => [],
      credentials: async () => [],
      credential: absent,
      analyses: (_projectId, tag) => this.list(tag, take),
      analysis: absent,
      data: async function* () {},
      countData: async () => 0,
      outputs: async () => [],
      steps: async () => [],
      downloadUrl: absent,
      configurations: async () => [],
      inputs: async () => [],
      inputFormValues: async () => [],
      inputJson: absent,
      projectAnalyses: async function* () {},
      newestSucceeded: absent,
      price: absent,
      samples: async function* () {},
      sample: absent,
      sampleData: async function* () {},
      sampleBatch: absent,
      sampleBatches: async function* () {},
      sampleBatchItems: async function* () {},
      createSampleBatch: absent,
      updateSample: absent,
      linkSampleData: absent,
      completeSample: absent,
      pipelineParameters: async () => undefined,
      bestActivationCode: async () => undefined,
      createAnalysis: async (_projectId, endpoint, body, key) => {
        const call = { method: "POST", path: `/api/${endpoint}` };
        const fault = take();
        if (fault === "lose-request") throw new NetworkError(call, "the request was lost", true);
        if (fault === "refuse") throw problem(call, 400, false);
        if (fault === "fail-before") throw problem(call, 503, true);
        if (fault === "in-flight") throw problem(call, 409, false);
        return leave(fault, call, this.create(call, user, key, body));
      },
      updateTags: absent,
      abortAnalysis: async (_projectId, id) => {
        take();
        const analysis = this.analyses.find((one) => one.id === id);
        if (analysis !== undefined) analysis.status = "ABORTED";
      },
      createCredential: absent,
      shareCredential: absent,
      updateCredentialSecrets: absent,
    };
  }

  private async *list(tag: string, take: () => Fault): AsyncGenerator<Analysis> {
    const call = { method: "POST", path: "/api/analysis:search" };
    const fault = take();
    if (fault !== "none" && fault !== "in-flight" && fault !== "refuse")
      throw new NetworkError(call, "no answer", true);
    this.time += 1;
    for (const { visibleFrom, endedBefore: _endedBefore, ...analysis } of this.analyses) {
      if (visibleFrom <= this.time && analysis.tags.technicalTags.includes(tag)) yield analysis;
    }
  }

  private create(call: { method: string; path: string }, user: string, key: string, body: string): Analysis {
    const scope = `${user} ${key}`;
    const before = this.stored.get(scope);
    if (before !== undefined && before.body !== body) throw problem(call, 422, false);
    if (before !== undefined) return before.analysis;
    const { userReference, tags } = JSON.parse(body);
    const id = `analysis-${String(this.analyses.length + 1).padStart(3, "0")}`;
    const timeCreated = new Date(1_700_000_000_000 + this.analyses.length * 1000).toISOString();
    const analysis = {
      id,
      reference: `${userReference}-${id}`,
      userReference,
      status: "IN_PROGRESS",
      timeCreated,
      timeModified: timeCreated,
      ...(this.tellsOwners ? { owner: { id: user } } : {}),
      pipeline: { id: PIPELINE.id, code: PIPELINE.code },
      tags: { technicalTags: tags.technicalTags, userTags: [], referenceTags: [] },
      visibleFrom: this.time + this.lag,
      endedBefore: this.analyses.filter((one) => one.status === "SUCCEEDED").map((one) => one.userReference),
    };
    this.analyses.push(analysis);
    this.stored.set(scope, { body, analysis });
    return analysis;
  }
}

function problem(call: { method: string; path: string }, status: number, unsettled: boolean): ApiError {
  return new ApiError(call, { status, title: `status ${status}`, unsettled });
}
