import { UNTOLD } from "../core/decision.ts";
import { type Change, hasPendingChanges, isWrite, type Plan } from "../core/plan.ts";
import { looksSecret } from "../core/secret-like.ts";
import { callsText } from "./plan-text.ts";
import { safe } from "./safe.ts";

/** How a plan was asked for, as far as an apply must be asked for in the same way to do exactly that. */
export interface Invocation {
  paths: readonly string[];
  prune: boolean;
  targets: readonly string[];
  /** As given: `name=value`. */
  var: readonly string[];
  varFile: readonly string[];
  server?: string | undefined;
}

export interface HowToApply {
  /** Names of commands stand between back-ticks. */
  words: string;
  /** Absent where none can be shown. */
  command?: string;
}

/**
 * What does exactly this plan, or what is left of it; nothing for a plan that is refused or has nothing to do.
 *
 * @param most characters of the command
 */
export function howToApply(
  plan: Pick<Plan, "digest" | "changes" | "requests">,
  refusals: readonly string[],
  invocation: Invocation = NOTHING_GIVEN,
  most = Number.POSITIVE_INFINITY,
): HowToApply | undefined {
  if (refusals.length > 0 || !hasPendingChanges(plan)) return undefined;
  const args = argumentsOf(plan, invocation);
  const command = ["icaform apply", ...args.map(shellQuoted)].join(" ");
  const why = whyNot(command, args, invocation, most);
  if (why !== undefined) return { words: `${why}: ${saveInstead(invocation)}` };
  if (!plan.changes.some((change) => isWrite(change.action))) {
    return {
      words: "Nothing can be started yet: apply again later, or `apply --wait`. What does just this then:",
      command,
    };
  }
  return { words: `To do exactly this, or what is left of it (${callsText(plan.requests)}):`, command };
}

/** One argument as a POSIX shell reads it back. */
export function shellQuoted(argument: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

const NOTHING_GIVEN: Invocation = { paths: [], prune: false, targets: [], var: [], varFile: [] };

/** The digest first: jobs look for it there. */
function argumentsOf({ digest, changes }: Pick<Plan, "digest" | "changes">, given: Invocation): string[] {
  const reruns = changes.filter((change) => change.rerunReason !== undefined);
  const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value]);
  return [
    ...["--expect", digest],
    // What begins like an option would be taken for one.
    ...given.paths.map((path) => (path.startsWith("-") ? `./${path}` : path)),
    ...(given.prune ? ["--prune"] : []),
    ...each("--target", given.targets),
    ...each("--var", given.var),
    ...each("--var-file", given.varFile),
    ...each("--server", given.server === undefined ? [] : [given.server]),
    ...each("--rerun", reruns.map(nameOf)),
    ...each(
      "--reason",
      reruns.flatMap(({ rerunReason = UNTOLD }) => (rerunReason === UNTOLD ? [] : [safe(rerunReason)])).slice(0, 1),
    ),
  ];
}

function nameOf({ address }: Change): string {
  return safe(address.slice(address.indexOf("/") + 1));
}

/** A command that is altered would do something else, so that it is shown as it is or not at all. */
function whyNot(command: string, args: readonly string[], given: Invocation, most: number): string | undefined {
  if (given.var.some(isSecret)) return "The command for exactly this has a value that looks like a secret";
  if (args.some((argument) => safe(argument) !== argument))
    return "The command for exactly this does not fit on a line";
  return command.length > most ? "The command for exactly this is too long for a comment" : undefined;
}

function isSecret(pair: string): boolean {
  const equals = pair.indexOf("=");
  return looksSecret(pair.slice(0, equals), pair.slice(equals + 1));
}

function saveInstead({ var: pairs, varFile, server }: Invocation): string {
  const flags = [
    ...(pairs.length > 0 ? ["--var"] : []),
    ...(varFile.length > 0 ? ["--var-file"] : []),
    ...(server === undefined ? [] : ["--server"]),
  ];
  const same = flags.length === 0 ? "" : `, with the same ${flags.map((flag) => `\`${flag}\``).join(", ")}`;
  return `save it with \`icaform plan … --out plan.json\`, then \`icaform apply plan.json\`${same}.`;
}
