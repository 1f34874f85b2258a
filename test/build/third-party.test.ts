import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { bundle } from "../../src/build/bundle.ts";
import { thirdPartyText } from "../../src/build/third-party.ts";
import { validatorsPlugin } from "../../src/build/validators.ts";
import { treeOf } from "../support/beside.ts";
import { ROOT } from "../support/cli.ts";

const notices = () => readFileSync(join(ROOT, "dist/THIRD-PARTY.txt"), "utf8");

it("every package of the bundle is in dist/THIRD-PARTY.txt, with its version and its licence's text", async () => {
  const { inputs = {} } = (await bundle()) ?? {};
  const packages = new Set(
    Object.keys(inputs).flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  );
  expect(packages.size).toBeGreaterThan(10);
  const text = notices();
  for (const name of packages) {
    const { version, license } = JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8"));
    expect(text).toContain(`\n${name} ${version} (${license})\n`);
  }
  for (const owner of ["Eemeli Aro", "Kevin Decker", "Evgeny Poberezkin", "Fedor Indutny"])
    expect(text).toContain(owner);
});

it("what generated code holds is told, of which the bundle's own metafile knows nothing", async () => {
  const told: string[] = [];
  await build({
    stdin: { contents: 'import "icaform:validators";' },
    bundle: true,
    write: false,
    plugins: [validatorsPlugin((file) => told.push(file))],
  });
  expect(told).toEqual(expect.arrayContaining([expect.stringMatching(/^node_modules\/ajv\//)]));
  expect(notices()).toMatch(/^ajv-formats /m);
});

it("scopes and however a licence file is called are no matter", async () => {
  const folder = treeOf({
    "node_modules/@lab/inner/package.json": '{ "name": "@lab/inner", "version": "1.2.3", "license": "ISC" }',
    "node_modules/@lab/inner/LICENCE.md": "ISC License\r\nCopyright somebody\r\n",
  });
  const text = await thirdPartyText(`${folder}/`, ["src/x.ts", "node_modules/@lab/inner/a.js", "icaform:validators"]);
  expect(text).toContain("\n@lab/inner 1.2.3 (ISC)\n\nISC License\nCopyright somebody\n");
});

it("a package without a licence ends the build", async () => {
  const folder = treeOf({ "node_modules/none/package.json": '{ "name": "none", "version": "1.0.0" }' });
  await expect(thirdPartyText(`${folder}/`, ["node_modules/none/a.js"])).rejects.toThrow("none 1.0.0 has no licence");
});

it("the bundle is whole: nothing but Node's own modules is left to import, so that nothing need be installed with it", async () => {
  const { outputs = {} } = (await bundle()) ?? {};
  const imported = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  const others = imported.filter(({ path }) => !path.startsWith("node:") && !isBuiltin(path));
  expect(imported.length).toBeGreaterThan(0);
  expect(others).toEqual([]);
});
