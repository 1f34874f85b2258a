import { expect, test } from "vitest";
import { codeFrame } from "../../src/manifest/frame.ts";
import { Source } from "../../src/manifest/source.ts";

const frame = (text: string, line: number, column: number) => {
  const lines = text.split("\n");
  return codeFrame((number) => lines[number - 1], line, column);
};

test("two lines before, one after", () => {
  expect(frame("a\nb\nc\nd\ne\nf", 4, 1)).toBe("  2 | b\n  3 | c\n> 4 | d\n    | ^\n  5 | e");
  expect(frame("a", 1, 1)).toBe("> 1 | a\n    | ^");
});

test("the caret stands right behind tabs, wide letters and combining marks", () => {
  expect(frame("\t日本e\u0301: x", 1, 7).split("\n")).toEqual(["> 1 |   日本e\u0301: x", `    | ${" ".repeat(8)}^`]);
});

test("nothing reaches the terminal that it would act on", () => {
  const text = "a\u001b[31mred\u0007\u202Etxt\u0000";
  expect(frame(text, 1, 1)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
});

test("long lines are cut around the caret, endless ones are left out", () => {
  const [line = "", caret = ""] = frame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, 1, 501).split("\n");
  expect(line.length).toBeLessThan(120);
  expect(line.slice(caret.length - 1)).toMatch(/^HERE/);
  expect(frame("x".repeat(100_000), 1, 50_000).length).toBeLessThan(300);
});

test("what sounds like a secret is masked, also where YAML could not be read", () => {
  expect(frame("secretAccessKey: abc", 1, 1)).toContain("secretAccessKey: ***");
  expect(frame("secretAccessKey: { env: abc }", 1, 1)).toContain("{ env: abc }");
  expect(frame('  "api_key" : abc', 1, 1)).toContain('"api_key" : ***');
});

test("offsets become lines and columns", () => {
  const source = new Source("x", "/x", "ab\ncd\r\n\nef");
  expect([0, 1, 3, 7, 8, 10].map((offset) => Object.values(source.position(offset)))).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
    [3, 1],
    [4, 1],
    [4, 3],
  ]);
});

test("hidden text is hidden on every line it covers", () => {
  const source = new Source("x", "/x", "key: |\n  one\n  two\nend");
  source.hide(5, 18);
  expect(source.at(0).frame).not.toMatch(/one|two/);
  expect(source.at(18).frame).not.toMatch(/one|two/);
  expect(source.at(20).frame).toContain("end");
});
