import { access, constants, readFile, realpath, stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { UsageError } from "../core/errors.ts";
import type { SecretStore } from "../engine/secrets.ts";

/**
 * Secrets from the environment, and from files inside the one folder that the operator names (contract, "Trust").
 * Every value that is read is told to `hide`, so that no later output can show it.
 */
export function secretStore(
  environment: NodeJS.ProcessEnv,
  secretsDir: string | undefined,
  hide: (secret: string) => void,
): SecretStore {
  return {
    async read(ref) {
      const value = "env" in ref ? fromEnvironment(ref.env, environment) : await fromFile(ref.file, secretsDir);
      hide(value);
      return value;
    },
    // Looks whether the value is there, without reading it: values are read at the moment of the call alone.
    async problem(ref) {
      try {
        if ("env" in ref) fromEnvironment(ref.env, environment);
        else await readableFile(ref.file, secretsDir);
        return undefined;
      } catch (error) {
        if (error instanceof UsageError) return { message: error.message, help: error.help };
        throw error;
      }
    },
  };
}

function fromEnvironment(name: string, environment: NodeJS.ProcessEnv): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new UsageError(`the environment variable ${name} is not set`, "set it and apply again");
  }
  return value;
}

async function fromFile(file: string, secretsDir: string | undefined): Promise<string> {
  const text = await readFile(await readableFile(file, secretsDir), "utf8").catch((cause: unknown) => {
    throw new UsageError(`the secret file ${file} cannot be read`, undefined, { cause });
  });
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new UsageError(`the secret file ${file} is empty`);
  return value;
}

/** The real path of a secret file that lies inside the operator's folder, links resolved on both sides first. */
async function readableFile(file: string, secretsDir: string | undefined): Promise<string> {
  if (secretsDir === undefined) {
    const help = "give --secrets-dir or ICAFORM_SECRETS_DIR: the folder that it may be read from";
    throw new UsageError(`the secret file ${file} cannot be looked for without a secrets folder`, help);
  }
  const [root, path] = await Promise.all([real(secretsDir), real(resolve(secretsDir, file))]);
  if (root === undefined) throw new UsageError(`the secrets folder ${secretsDir} cannot be read`);
  if (path === undefined) {
    throw new UsageError(`the secret file ${file} is not in ${secretsDir}`, "put it there and apply again");
  }
  const inside = relative(root, path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
    const help = "files are read from that folder alone: put it there, or name another one";
    throw new UsageError(`the secret file ${file} lies outside ${secretsDir}`, help);
  }
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new UsageError(`the secret file ${file} cannot be read`, undefined, { cause });
  });
  const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (!isFile) throw new UsageError(`the secret file ${file} is not a file`);
  // Only what may be nothing but a line break is looked into before the moment of the call.
  if (size === 0 || (size <= 2 && /^\r?\n$/.test(await readFile(path, "utf8")))) {
    throw new UsageError(`the secret file ${file} is empty`);
  }
  return path;
}

async function real(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    // Missing or not readable: the caller says which of the two paths it was.
    return undefined;
  }
}
