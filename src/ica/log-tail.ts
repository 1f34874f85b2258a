/** The end of a log file from the URL that ICA gives for it: another host, which gets no key. */

const BYTES = 16 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * The last bytes as text; undefined when the URL is not one to follow or does not answer well. Only https, or http on
 * this machine; never along a redirect.
 */
export async function logTail(url: string, ask: typeof fetch = fetch): Promise<string | undefined> {
  const parsed = new URL(url);
  const isLoopback = parsed.protocol === "http:" && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(parsed.hostname);
  if (parsed.protocol !== "https:" && !isLoopback) return undefined;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await ask(parsed, { headers: { range: `bytes=-${BYTES}` }, redirect: "error", signal });
  if (!answer.ok || answer.body === null) return undefined;
  // A server that ignores the range sends all of it: only the end is kept.
  let kept = Buffer.alloc(0);
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    kept = Buffer.concat([kept, chunk]).subarray(-BYTES);
  }
  return kept.toString("utf8");
}
