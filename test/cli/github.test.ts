import { describe, expect, it } from "vitest";
import { annotationLine } from "../../src/cli/github.ts";

describe("an annotation", () => {
  it("is one line whatever it says, and cannot become another command", () => {
    const text = "50% a,b: c\n::stop-commands::x\r\n";
    const line = annotationLine(
      { severity: "warning", code: "odd", message: text, help: text, file: "a,b:%.yaml", line: 3, column: 5 },
      {},
    );
    expect(line).toBe(
      "::warning file=a%2Cb%3A%25.yaml,line=3,col=5,title=icaform%3A odd::" +
        "50%25 a,b: c ::stop-commands::x %0Ahelp: 50%25 a,b: c ::stop-commands::x \n",
    );
  });
});
