/** Every sentence of ICA's page that describes behaviour has a test, and what the tests quote is what the page says. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";

/** Reference data that lies beside the project where it is developed. */
const PAGE = resolve(ROOT, "../shared/ica-api-page.md");

/** Sentences that no test can hold to, each with its reason. */
const NO_BEHAVIOUR: Record<string, string> = {
  "The ICA APIs are hosted via a swagger-based UI": "about the OpenAPI description; test/conformance holds us to it",
  "The larger your page size is, the slower the response time": "about the speed of Illumina's machines",
  "For more details, use the API Reference": "a link",
  "To prevent this, please apply the following design principles": "the heading of a list, whose points are tested",
  "For this reason, analysisData is not documented": "about the documentation",
  "Refer to your pipeline documentation": "advice to people",
};

/** Markdown's marks, line ends and kinds of quotes aside. */
function plain(text: string): string {
  const links = /\[([^\]]*)\]\([^)]*\)/g;
  return text
    .replaceAll(links, "$1")
    .replaceAll(/[*`\\]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** What the tests quote in “…”. */
function quotes(): string[] {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith(".test.ts") && file !== "sentences.test.ts",
  );
  const texts = files.map((file) => readFileSync(join(import.meta.dirname, file), "utf8"));
  return texts.flatMap((text) => [...text.matchAll(/“([^”…]+)”/g)].map(([, quote = ""]) => plain(quote)));
}

/** The page's prose, sentence by sentence: no headings, code or links alone. */
function sentences(page: string): string[] {
  const prose = page
    .replace(/^---[\s\S]*?---\n/, "")
    .replaceAll(/^(`{3,})[\s\S]*?^\1/gm, "")
    .replaceAll(/^(#.*|\{%.*%\}|\*\*\*|\[.*\]\(.*\)|\*\*Example\*\*|`curl.*)$/gm, "");
  return prose
    .split(/\n+/)
    .flatMap((line) => line.replace(/^(\* |\d+\. )/, "").split(/(?<=[.?!])\s+(?=[A-Z])/))
    .map((sentence) => plain(sentence).replace(/[.:]$/, ""))
    .filter((sentence) => sentence !== "");
}

if (existsSync(PAGE)) {
  const page = readFileSync(PAGE, "utf8");

  describe("ICA's page", () => {
    it("says what the tests quote", () => {
      const said = plain(page);
      expect(quotes().filter((quote) => !said.includes(quote))).toEqual([]);
    });

    it("has no sentence about behaviour without a test", () => {
      const tested = quotes().filter((quote) => quote.length > 20);
      const untested = sentences(page).filter(
        (sentence) => !tested.some((quote) => sentence.includes(quote) || quote.includes(sentence)),
      );
      expect(
        untested.filter((sentence) => !Object.keys(NO_BEHAVIOUR).some((start) => sentence.startsWith(start))),
      ).toEqual([]);
    });
  });
} else {
  it(`is not compared with ICA's page, which is not here: ${PAGE}`, () => expect(quotes()).not.toEqual([]));
}
