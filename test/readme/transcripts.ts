/** Runs the commands of a page as a reader would, and holds what they print against the page. */
import { type Entry, entriesOf, withEntries } from "./page.ts";
import type { Session } from "./session.ts";

export interface Played extends Entry {
  /** What the command printed now. */
  seen: string;
}

const DIGEST = /sha256:[0-9a-f]{64}/g;
/** Digests, analyses and other things with a UUID, files and folders: the simulator gives the same ones at every start. */
const NAME = /sha256:[0-9a-f]{64}|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bf(?:il|ol)\.[0-9a-f]{32}\b/g;

/**
 * Where the page's own digests cannot be had, since the server's address is part of them and its port is taken, the
 * ones that are printed now stand for them, the same one everywhere.
 */
export async function play(page: string, session: Session): Promise<Played[]> {
  return await playWith(page, session, session.isAsWritten ? undefined : DIGEST);
}

/** The page with what its commands print now; commands that name what an earlier one printed follow it. */
export async function rewritten(page: string, session: Session): Promise<string> {
  if (!session.isAsWritten) throw new Error("the simulator's port of the README is taken: digests would be wrong");
  const played = await playWith(page, session, NAME);
  return withEntries(
    page,
    played.map(({ command, output, seen }) => ({ command, output: withoutNoise(seen, output) })),
  );
}

async function playWith(page: string, session: Session, moving: RegExp | undefined): Promise<Played[]> {
  const now = new Map<string, string>();
  const today = (text: string) =>
    moving === undefined ? text : text.replaceAll(moving, (name) => now.get(name) ?? name);
  const played: Played[] = [];
  for (const entry of entriesOf(page)) {
    const command = today(entry.command);
    const seen = await session.run(command);
    if (moving !== undefined) learn(now, entry.output.match(moving) ?? [], seen.match(moving) ?? []);
    played.push({ command, output: today(entry.output), seen });
  }
  return played;
}

/** Names stand at the same places of both texts. */
function learn(now: Map<string, string>, written: readonly string[], seen: readonly string[]): void {
  const taken = new Set(now.values());
  for (const [index, name] of written.entries()) {
    const own = seen[index] ?? name;
    if (now.has(name) || taken.has(own)) continue;
    now.set(name, own);
    taken.add(own);
  }
}

/** A text without what is another one each time: how long it took, when, and the commit of the reader's own checkout. */
export function settled(text: string): string {
  return text
    .replaceAll(/\bin \d+ s\b/g, "in N s")
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\([0-9a-f]{12}\)/g, "(COMMIT)");
}

/** What was printed, in the page's own lines where they say the same. */
function withoutNoise(seen: string, written: string): string {
  const lines = new Map(written.split("\n").map((line) => [settled(line), line]));
  return seen
    .split("\n")
    .map((line) => lines.get(settled(line)) ?? line)
    .join("\n");
}
