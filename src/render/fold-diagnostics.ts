import type { Diagnostic } from "../core/diagnostic.ts";
import type { Change, Plan } from "../core/plan.ts";
import { MIN_ALIKE, nounOf } from "./group.ts";

/** What one diagnostic says of one change, in words that fit every change. */
interface Said {
  address: string;
  words: string;
  help?: string;
}

/**
 * What is said in the same words of many changes is said once, at the place of the first: `600 runs: attempt 1 is
 * still REQUESTED and goes on beside the new one (PipelineRun/s-1, s-2, … s-600)`.
 */
export function foldDiagnostics({ changes, diagnostics }: Pick<Plan, "changes" | "diagnostics">): Diagnostic[] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const same = new Map<string, { said: Said; first: number; addresses: string[] }>();
  const keys = diagnostics.map((diagnostic, first) => {
    const said = saidOf(diagnostic, byAddress);
    if (said === undefined) return undefined;
    const key = JSON.stringify([diagnostic.severity, diagnostic.code, nounOf(said.address), said.words, said.help]);
    const known = same.get(key);
    if (known === undefined) same.set(key, { said, first, addresses: [said.address] });
    else known.addresses.push(said.address);
    return key;
  });
  return diagnostics.flatMap((diagnostic, index) => {
    const key = keys[index];
    const folded = key === undefined ? undefined : same.get(key);
    if (folded === undefined || folded.addresses.length < MIN_ALIKE) return [diagnostic];
    if (folded.first !== index) return [];
    const { said, addresses } = folded;
    const message = `${addresses.length} ${nounOf(said.address)}s: ${said.words} (${namesOf(addresses)})`;
    return [{ ...diagnostic, message, ...(said.help === undefined ? {} : { help: said.help }) }];
  });
}

/** Undefined where a diagnostic is of no change, or of several. What is one run's own, but for why, is left out. */
function saidOf({ message, help }: Diagnostic, byAddress: ReadonlyMap<string, Change>): Said | undefined {
  const colon = message.indexOf(": ");
  const change = colon < 0 ? undefined : byAddress.get(message.slice(0, colon));
  if (change === undefined) return undefined;
  const { address, reference } = change;
  const rest = message.slice(colon + 2);
  const name = address.slice(address.indexOf("/") + 1);
  return {
    address,
    words: reference === undefined ? rest : rest.replace(` (${reference})`, ""),
    ...(help === undefined ? {} : { help: help.replace(`--rerun ${name} `, "--rerun NAME ") }),
  };
}

/** The first by its address, the second and the last by their names. */
function namesOf(addresses: readonly string[]): string {
  const [first = "", ...others] = addresses;
  const names = others.map((address) => address.slice(address.indexOf("/") + 1));
  return `${first}, ${names[0]}, … ${names.at(-1)}`;
}
