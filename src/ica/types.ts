/**
 * The shapes that every policy of the client wraps: a request, its answer, and the transport between them. Each policy
 * is a function from a transport to a transport; `client.ts` shows them composed.
 */

export interface IcaRequest {
  method: "GET" | "POST" | "PUT";
  /** Below the server's base, such as `/api/projects/{id}/data`, with its ids already escaped. */
  path: string;
  /** Arrays are repeated keys. */
  query?: readonly (readonly [string, string])[];
  /** Sent byte for byte. */
  body?: string;
  accept: string;
  contentType?: string;
  idempotencyKey?: string;
  ifMatch?: string;
  /** May be sent again whatever became of it: reads, searches, whole-resource PUTs and the token call. */
  safe: boolean;
  auth: "token" | "key" | "none";
  timeoutMs?: number;
  /** Ends waits and reads; a write under way is settled. */
  signal?: AbortSignal;
  /** Added by policies, never by operations. */
  headers?: Readonly<Record<string, string>>;
  /** Which try this is, from 1; set by the retry policy. */
  attempt?: number;
  /** An earlier try of the same call may have taken effect. */
  unsettled?: boolean;
}

export interface IcaResponse {
  status: number;
  /** Names in lower case; repeated headers joined with ", ". */
  headers: Readonly<Record<string, string>>;
  text: string;
  /** How many tries it took; set by the retry policy. */
  attempts?: number;
  /** An earlier try of the same call may have taken effect. */
  unsettled?: boolean;
}

export type Transport = (request: IcaRequest) => Promise<IcaResponse>;

/** An answer as it came off the wire, its body still encoded. */
export interface RawResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

export type Exchange = (request: IcaRequest) => Promise<RawResponse>;
