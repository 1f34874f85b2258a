import { homedir } from "node:os";

/**
 * A word as bash and zsh hand it to a completion, as it was typed: `'sp ace'`, `sp\ ace`, `~/x`. What a shell would put
 * in for variables and commands is left as it stands.
 */
export function unquoted(typed: string): string {
  const home = /^~(?=\/|$)/.test(typed) ? homedir() : "";
  const rest = home === "" ? typed : typed.slice(1);
  return (
    home +
    rest.replaceAll(PIECES, (_all, single?: string, double?: string, escaped?: string) => {
      if (single !== undefined) return single;
      return double === undefined ? (escaped ?? "") : double.replaceAll(/\\([$`"\\])/g, "$1");
    })
  );
}

/** In single quotes, in double quotes, behind a backslash; the last quote may still be missing. */
const PIECES = /'([^']*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|$)|\\(.?)/gs;
