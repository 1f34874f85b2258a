/** Stands between the command and ICA, request by request: where a process is to die, and who waits for whom. */
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Before a request reaches ICA, once ICA has carried it out but not answered, once the answer is out. */
export const MOMENTS = ["before", "between", "after"] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Gate {
  /** `http://127.0.0.1:PORT/ica/rest` */
  url: string;
  /** Requests since the last `open`. */
  count(): number;
  /**
   * Forgets the last round. At each moment of the n-th request `at` is asked for what to do; the request goes no
   * further if it answers "cut"; `call` is its method and path, `POST /ica/rest/api/…`. Creates are held until so many listings were answered.
   */
  open(at?: (n: number, moment: Moment, call: string) => "cut" | undefined, listings?: number): void;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

export async function gateTo(target: string): Promise<Gate> {
  const agent = new Agent({ keepAlive: true });
  let [count, listed, awaited] = [0, 0, 0];
  let at: (n: number, moment: Moment, call: string) => "cut" | undefined = () => undefined;
  let release: () => void = () => undefined;
  let allListed = Promise.resolve();

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const n = ++count;
    const call = `${request.method} ${request.url}`;
    const body = await whole(request);
    if (at(n, "before", call) === "cut") return void request.socket.destroy();
    if (/\/analysis:(nextflow|cwl)/.test(request.url ?? "")) await allListed;
    const answer = await forward(request, body);
    if (at(n, "between", call) === "cut") return void request.socket.destroy();
    if (/\/analysis:search/.test(request.url ?? "") && ++listed === awaited) release();
    const { "transfer-encoding": _chunks, connection: _connection, ...headers } = answer.headers;
    response.writeHead(answer.status, headers).end(answer.body, () => at(n, "after", call));
  }

  function forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method, headers } = request;
    return new Promise((resolve, reject) => {
      const passed = ask(new URL(request.url ?? "", target), { method, headers, agent }, (response) => {
        whole(response).then((answer) => {
          resolve({ status: response.statusCode ?? 502, headers: response.headers, body: answer });
        }, reject);
      });
      passed.on("error", reject).end(body);
    });
  }

  // What fails here belongs to a process that was killed, or to a fault of ICA: both look like a lost connection.
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/ica/rest`,
    count: () => count,
    open(next = () => undefined, listings = 0) {
      [count, listed, awaited, at] = [0, 0, listings, next];
      allListed =
        listings === 0
          ? Promise.resolve()
          : new Promise((resolve) => {
              release = resolve;
            });
    },
    close() {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
