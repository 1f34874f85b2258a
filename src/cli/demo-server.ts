import { spawnIcaform } from "./run-self.ts";

/** The simulator of the demo, as a process of its own, with the few handles that the story needs. */
export interface DemoServer {
  url: string;
  apiKey: string;
  requests(): Promise<SeenRequest[]>;
  countRuns(): Promise<number>;
  /** All runs that have not ended succeed now. */
  finishAll(): Promise<void>;
  /** The next run is started, but its answer never arrives. */
  loseNextAnswer(): Promise<void>;
  stop(): Promise<void>;
}

export interface SeenRequest {
  path: string;
  status: number;
  delivered: boolean;
  key: string | undefined;
}

/** Starts `icaform simulate` with its control endpoint, and waits for its line. */
export async function startDemoServer(seed: string, requestsPerSecond: number): Promise<DemoServer> {
  const rate = String(requestsPerSecond);
  const child = spawnIcaform(
    ["simulate", "--seed", seed, "--rate", rate, "--burst", rate, "--speed", "1", "--control"],
    ".",
    {},
  );
  const ready = await new Promise<{ url: string; apiKey: string; control: string }>((resolve, reject) => {
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes("\n")) resolve(JSON.parse(stdout));
    });
    child.on("error", reject).on("exit", (code) => reject(new Error(`the simulator ended with exit code ${code}`)));
  });
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const request = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${ready.control}${path}`, request);
    if (!response.ok) throw new Error(`the simulator's control refused ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    url: ready.url,
    apiKey: ready.apiKey,
    async requests() {
      const { requests } = (await control("GET", "/requests")) as {
        requests: (SeenRequest & { headers: Record<string, string> })[];
      };
      return requests.map(({ path, status, delivered, headers }) => ({
        path,
        status,
        delivered,
        key: headers["idempotency-key"],
      }));
    },
    async countRuns() {
      return ((await control("GET", "/state")) as { analyses: unknown[] }).analyses.length;
    },
    async finishAll() {
      await control("POST", "/clock", { advanceSeconds: 24 * 3600 });
    },
    async loseNextAnswer() {
      // Without the limit, so that the answer that is lost is that of the create and not a 429.
      await control("POST", "/switches", { rate: 1000, burst: 1000 });
      await control("POST", "/faults", {
        match: { method: "POST", path: "analysis:nextflow", times: 1 },
        fault: "lose-answer",
      });
    },
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit").on("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}
