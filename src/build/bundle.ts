/** Builds `dist/`: the command as ES modules split by what is loaded lazily, and the simulator as an entry of its own. */
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { thirdPartyText } from "./third-party.ts";
import { validatorsPlugin } from "./validators.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles everything; returns esbuild's metafile, from which tests read what is loaded when. */
export async function bundle(): Promise<Awaited<ReturnType<typeof build>>["metafile"]> {
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };
  const generatedFrom = new Set<string>();
  const result = await build({
    entryPoints: { icaform: `${root}src/cli/main.ts`, simulator: `${root}src/simulator/main.ts` },
    absWorkingDir: root,
    outdir: `${root}dist`,
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.18",
    metafile: true,
    // What is not there need not be read at every start; names stay, for stack traces in reports of crashes.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: false,
    legalComments: "external",
    // yaml's build for Node reads process.env at every token; the one for browsers is the same without it.
    alias: { yaml: `${root}node_modules/yaml/browser/index.js` },
    define: { ICAFORM_VERSION: JSON.stringify(version) },
    plugins: [validatorsPlugin((input) => generatedFrom.add(input)), withoutSubprocesses, undiciInPart],
    // CommonJS dependencies ask for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire as icaformRequire } from "node:module"; const require = icaformRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const notices = await thirdPartyText(root, [...Object.keys(result.metafile.inputs), ...generatedFrom]);
  await place([...result.outputFiles, { path: `${root}dist/${THIRD_PARTY}`, contents: notices }]);
  await removeStale([...Object.keys(result.metafile.outputs).map((file) => basename(file)), THIRD_PARTY]);
  return result.metafile;
}

const THIRD_PARTY = "THIRD-PARTY.txt";

/** Commander loads Node's child processes, and sockets with them, for commands that are programs of their own: we have none. */
const withoutSubprocesses: Plugin = {
  name: "without-subprocesses",
  setup(builder) {
    builder.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      importer.includes("/node_modules/commander/") ? { path, namespace: "none" } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * undici's index brings `fetch`, web sockets, mocks and caches; what the wire uses is 399 of its 732 KB. HTTP/2 is switched off (`allowH2`), so Node's own need not be loaded for its constants.
 */
const undiciInPart: Plugin = {
  name: "undici-in-part",
  setup(builder) {
    const namespace = "undici-in-part";
    builder.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace }));
    builder.onLoad({ filter: /.*/, namespace }, () => ({ contents: UNDICI, resolveDir: root, loader: "js" }));
    builder.onResolve({ filter: /^node:http2$/ }, ({ path, importer }) =>
      importer.includes("/node_modules/undici/") ? { path, namespace: "no-http2" } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: "no-http2" }, () => ({
      contents: "module.exports = { constants: {} };",
    }));
  },
};

const UNDICI = `
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import api from "undici/lib/api/index.js";
Object.assign(Dispatcher.prototype, api);
export { default as buildConnector } from "undici/lib/core/connect.js";
export { default as EnvHttpProxyAgent } from "undici/lib/dispatcher/env-http-proxy-agent.js";
export { default as Pool } from "undici/lib/dispatcher/pool.js";
`;

interface Placed {
  path: string;
  contents: Uint8Array | string;
}

/**
 * Puts the files in place whole, each by a rename, entries last: a command that starts at this moment finds the old ones
 * or the new ones. Chunks carry a hash of their content in their names, so those of the earlier build are still there.
 */
async function place(files: readonly Placed[]): Promise<void> {
  await mkdir(`${root}dist`, { recursive: true });
  const isEntry = ({ path }: Placed) => /^(icaform|simulator)\.js$/.test(basename(path));
  for (const file of [...files].sort((one, other) => Number(isEntry(one)) - Number(isEntry(other)))) {
    const unfinished = `${file.path}.${process.pid}.tmp`;
    await writeFile(unfinished, file.contents);
    if (isEntry(file)) await chmod(unfinished, 0o755);
    await rename(unfinished, file.path);
  }
}

/** What an earlier build left; not what is so new that a command started a moment ago may still have to load it. */
async function removeStale(built: readonly string[]): Promise<void> {
  for (const file of await readdir(`${root}dist`)) {
    const age = Date.now() - (await stat(`${root}dist/${file}`)).mtimeMs;
    if (!built.includes(file) && age > 10 * 60_000) await rm(`${root}dist/${file}`, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
