/**
 * The licences of what the bundle is made of: most ask for their text beside every copy, and a bundle is a copy.
 * esbuild's `legalComments` keep what stands in the files themselves, which few packages do.
 */
import { readdir, readFile } from "node:fs/promises";

interface Package {
  name: string;
  version: string;
  license: string;
}

/**
 * The text of `dist/THIRD-PARTY.txt`: name, version and licence of every package that a bundled file is from.
 *
 * @param root the folder that the inputs' paths start from, with `/` at its end
 * @param inputs files as esbuild's metafiles name them
 * @throws Error for a package without a licence file: it cannot be passed on as it is
 */
export async function thirdPartyText(root: string, inputs: Iterable<string>): Promise<string> {
  const folders = new Set([...inputs].flatMap((input) => FOLDER.exec(input)?.[0] ?? []));
  const notices = await Promise.all([...folders].sort().map((folder) => noticeOf(`${root}${folder}`)));
  return [INTRODUCTION, ...notices].join(`\n${"-".repeat(80)}\n\n`);
}

const INTRODUCTION = "icaform holds code of the packages below, each of them under its own licence.\n";

/** A package's folder, the innermost where one lies in another. */
const FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as Package;
  const file = (await readdir(folder)).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
  if (file === undefined) throw new Error(`${name} ${version} has no licence file, and the bundle would hold its code`);
  const text = (await readFile(`${folder}/${file}`, "utf8")).trim().replaceAll("\r\n", "\n");
  return [`${name} ${version} (${license})`, text, CARRIED[name]]
    .filter((part) => part !== undefined)
    .join("\n\n")
    .concat("\n");
}

/** Packages of others that a package carries without naming them in its licence. */
const CARRIED: Record<string, string> = {
  undici: "It carries llhttp, Copyright Fedor Indutny, 2018, under the same terms.",
};
