import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseByName } from "../../src/core/same-name.ts";

const word = fc.constantFrom("a", "b", "file1", "file2", "A");
const tree = fc.uniqueArray(
  fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
  { maxLength: 25 },
);

const nameOf = (path: string) => path.split("/").at(-1);
const levelOf = (path: string) => path.split("/").length;
const pathsOf = (paths: readonly string[]) => chooseByName(paths.map((path) => ({ path })));

test("the example of ICA's page", () => {
  const { counted, ignored, ties } = pathsOf(["/main/file1", "/main/file2", "/main/folder1/file1"]);
  expect(counted.map(({ path }) => path)).toEqual(["/main/file2", "/main/folder1/file1"]);
  expect(ignored).toEqual([{ file: { path: "/main/file1" }, original: { path: "/main/folder1/file1" } }]);
  expect(ties).toEqual([]);
});

test("for any tree: a file counts unless one of the same name lies deeper, in whatever order they come", () => {
  fc.assert(
    fc.property(
      tree.chain((paths) => fc.tuple(fc.constant(paths), fc.shuffledSubarray(paths, { minLength: paths.length }))),
      ([paths, shuffled]) => {
        const chosen = pathsOf(paths);
        const hasDeeper = (path: string) =>
          paths.some((other) => nameOf(other) === nameOf(path) && levelOf(other) > levelOf(path));
        const counted = chosen.counted.map(({ path }) => path);
        expect(new Set(counted)).toEqual(new Set(paths.filter((path) => !hasDeeper(path))));
        expect(new Set(chosen.ignored.map(({ file }) => file.path))).toEqual(new Set(paths.filter(hasDeeper)));
        for (const { file, original } of chosen.ignored) {
          expect(nameOf(original.path)).toBe(nameOf(file.path));
          expect(levelOf(original.path)).toBeGreaterThan(levelOf(file.path));
          expect(counted).toContain(original.path);
        }
        const tied = counted.filter((path) =>
          counted.some((other) => other !== path && nameOf(other) === nameOf(path)),
        );
        expect(
          chosen.ties
            .flat()
            .map(({ path }) => path)
            .sort(),
        ).toEqual(tied.sort());
        expect(pathsOf(shuffled)).toEqual(chosen);
      },
    ),
  );
});
