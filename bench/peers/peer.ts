/** A way to start the same runs; others can be added to `PEERS` in `bench/peers.ts`. */

export interface Job {
  /** Base URL of the server, and the key to it. */
  url: string;
  apiKey: string;
  /** Runs to start; they are named `r-<index>`. */
  count: number;
}

export interface Peer {
  name: string;
  /** Starts the runs, as a process of its own. @param killAfterMs SIGKILL then */
  run(job: Job, killAfterMs?: number): Promise<void>;
}
