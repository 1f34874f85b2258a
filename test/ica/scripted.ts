/** Fakes for the client's tests: a transport that plays a list of answers and logs every request, and a clock by hand. */
import type { ClientEvent } from "../../src/ica/events.ts";
import type { Time } from "../../src/ica/time.ts";
import type { IcaRequest, IcaResponse, Transport } from "../../src/ica/types.ts";

export type Answer = Partial<Omit<IcaResponse, "text">> & { json?: unknown; text?: string };
export type Step = Answer | Error | ((request: IcaRequest) => Answer | Promise<Answer>);

export interface Script {
  transport: Transport;
  /** Every request, in order. */
  log: IcaRequest[];
  /** Answers not played yet. */
  left(): number;
}

export function scripted(...steps: Step[]): Script {
  const log: IcaRequest[] = [];
  const queue = [...steps];
  return {
    log,
    left: () => queue.length,
    async transport(request) {
      log.push(request);
      const step = queue.shift();
      if (step === undefined) {
        throw new Error(`request ${log.length} is not in the script: ${request.method} ${request.path}`);
      }
      if (step instanceof Error) {
        throw step;
      }
      return answered(typeof step === "function" ? await step(request) : step);
    },
  };
}

export function answered({ json, text, status = 200, headers, ...rest }: Answer): IcaResponse {
  const type = json === undefined ? {} : { "content-type": "application/vnd.illumina.v3+json" };
  return {
    status,
    headers: { ...type, ...headers },
    text: text ?? (json === undefined ? "" : JSON.stringify(json)),
    ...rest,
  };
}

export function get(path = "/api/things", rest: Partial<IcaRequest> = {}): IcaRequest {
  return { method: "GET", path, accept: "application/vnd.illumina.v3+json", safe: true, auth: "token", ...rest };
}

export function post(path = "/api/things", rest: Partial<IcaRequest> = {}): IcaRequest {
  return { method: "POST", path, accept: "application/vnd.illumina.v3+json", safe: false, auth: "token", ...rest };
}

export interface HandClock extends Time {
  /** Every wait, in milliseconds; sleeping moves the clock and takes no real time. */
  waits: number[];
  now: number;
}

/** Sleeps end at once but move the clock; `random` plays the given numbers, then 0.5. */
export function handClock(...random: number[]): HandClock {
  const queue = [...random];
  const time: HandClock = {
    now: 1_000_000,
    waits: [],
    clock: () => time.now,
    async sleep(ms) {
      time.waits.push(ms);
      time.now += ms;
    },
    random: () => queue.shift() ?? 0.5,
  };
  return time;
}

export function eventLog(): { events: ClientEvent[]; onEvent(event: ClientEvent): void } {
  const events: ClientEvent[] = [];
  return { events, onEvent: (event) => void events.push(event) };
}

/** What a promise rejects with; fails the test when it does not. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error("expected a rejection with an Error");
}

export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2ln`;
}
