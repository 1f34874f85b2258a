import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveInside } from "../../src/manifest/inside.ts";
import { folderOf } from "./trees.ts";

const outcome = (result: ReturnType<typeof resolveInside>) => (typeof result === "string" ? "inside" : result.code);

test("only what lies inside the tree, links resolved", () => {
  const base = realpathSync(folderOf({ "tree/a/m.yaml": "", "tree/x.csv": "", "tree-2/x.csv": "", "x.csv": "" }));
  const root = join(base, "tree");
  symlinkSync(join(base, "x.csv"), join(root, "out.csv"));
  symlinkSync(join(root, "x.csv"), join(root, "in.csv"));
  symlinkSync(base, join(root, "up"));
  const from = (path: string) => outcome(resolveInside([root], join(root, "a/m.yaml"), path));
  expect(from("../x.csv")).toBe("inside");
  expect(from("../in.csv")).toBe("inside");
  expect(from(join(root, "x.csv"))).toBe("inside");
  expect(from("../../x.csv")).toBe("outside-tree");
  expect(from("../../tree-2/x.csv")).toBe("outside-tree");
  expect(from("../out.csv")).toBe("outside-tree");
  expect(from("../up/x.csv")).toBe("outside-tree");
  expect(from("/etc/passwd")).toBe("outside-tree");
  expect(from("../missing.csv")).toBe("path-missing");
});

test("whether something exists outside is not told", () => {
  const root = realpathSync(folderOf({ "m.yaml": "" }));
  const from = (path: string) => outcome(resolveInside([root], join(root, "m.yaml"), path));
  expect(from("/etc/no-such-file")).toBe(from("/etc/passwd"));
});

test("a manifest behind a link names files beside itself or beside the link, as long as they are inside", () => {
  const base = realpathSync(folderOf({ "x.csv": "" }));
  mkdirSync(join(base, "real"));
  writeFileSync(join(base, "real/x.csv"), "");
  symlinkSync(join(base, "real"), join(base, "link"));
  expect(resolveInside([base], join(base, "link/m.yaml"), "x.csv")).toBe(join(base, "real/x.csv"));
});
