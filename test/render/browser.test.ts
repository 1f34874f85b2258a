/// <reference lib="dom" />
/** The page in a real browser, from disk, as its readers open it. Needs Debian's `chromium`, or another on PATH. */
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planHtml } from "../../src/render/html.ts";
import { treeOf } from "../support/beside.ts";
import { change, cohortRun, MANY, planOf, SAMPLES, type Sample } from "./samples.ts";

const executablePath = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((file) => existsSync(file));
const skipped = executablePath === undefined ? " (skipped: no chromium on PATH)" : "";

/** Twelve alike, two by themselves, and one that waits for all of them. */
const MIXED: Sample = {
  plan: planOf([
    ...Array.from({ length: 12 }, (_, index) => cohortRun(index)),
    ...(SAMPLES["rerun-nested"]?.plan.changes ?? []),
    ...(SAMPLES.abort?.plan.changes ?? []),
    change({
      address: "PipelineRun/joint",
      action: "wait",
      reason: "waits for PipelineRun/wgs-NA00000 and 12 more",
      dependsOn: ["PipelineRun/wgs-NA12878", ...Array.from({ length: 12 }, (_, index) => cohortRun(index).address)],
    }),
  ]),
  refusals: [],
};

describe.skipIf(executablePath === undefined)(`the page in a browser${skipped}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  /** Opens a plan from disk; `complaints` holds what was asked of a network, refused by policy, or thrown. */
  async function open({ plan, refusals }: Sample, options: Parameters<Browser["newPage"]>[0] = {}) {
    const file = join(treeOf({}), "plan.html");
    writeFileSync(file, planHtml(plan, refusals));
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href) complaints.push(request.url());
    });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  const shown = (page: Page) => page.locator(".change:not([hidden])").count();

  it.each(Object.entries(SAMPLES))(
    "asks for nothing, breaks no policy and runs nobody's code: %s",
    async (_, sample) => {
      const { page, complaints } = await open(sample);
      await page.waitForTimeout(50);
      expect(complaints).toEqual([]);
      expect(await page.title()).toBe("icaform plan: cohort-7");
      await page.close();
    },
  );

  it("searches, filters and unfolds by keyboard alone", async () => {
    const { page } = await open(MIXED);
    expect(await shown(page)).toBe(15);
    await page.keyboard.press("/");
    await page.keyboard.type("NA00007_R1");
    await expect.poll(() => shown(page)).toBe(1);
    expect(await page.getByRole("status").textContent()).toBe("1 of 15 shown");
    expect(await page.locator("details.group").getAttribute("open")).not.toBeNull();
    await page.keyboard.press("Escape");
    expect(await shown(page)).toBe(15);
    await page.getByRole("checkbox", { name: "create" }).focus();
    await page.keyboard.press("Space");
    expect(await shown(page)).toBe(3);
    await page.keyboard.press("Space");
    await page.locator("details.group > summary").focus();
    await page.keyboard.press("Enter");
    expect(await page.getByRole("rowheader", { name: "PipelineRun/wgs-NA00011" }).isVisible()).toBe(true);
    await page.getByRole("button", { name: "Collapse all" }).press("Enter");
    expect(await page.locator("details[open]").count()).toBe(0);
    await page.close();
  });

  it("leads from the graph to the change, also when it is filtered out", async () => {
    const { page } = await open(MIXED);
    await page.getByRole("searchbox").fill("joint");
    await expect.poll(() => shown(page)).toBe(1);
    await page.getByRole("link", { name: "wgs-NA12878" }).press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.parentElement?.id)).toBe("change-13");
    expect(await shown(page)).toBe(15);
    await page.close();
  });

  it("has names and roles for what can be operated", async () => {
    const { page } = await open(MIXED);
    await page.locator("details").evaluateAll((all) => {
      for (const one of all) one.setAttribute("open", "");
    });
    const tree = await page.locator("body").ariaSnapshot();
    for (const part of [
      'heading "cohort-7" [level=1]',
      'search "Filter',
      'searchbox "Search the changes"',
      "checkbox",
      "status",
      "table",
      'region "Dependencies of',
    ]) {
      expect(tree).toContain(part);
    }
    await page.close();
  });

  it.each(["light", "dark"] as const)("is readable in the %s scheme: 4.5:1 at least", async (colorScheme) => {
    const { page } = await open(MIXED, { colorScheme });
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(back).toBe(colorScheme === "dark" ? "rgb(15, 19, 24)" : "rgb(255, 255, 255)");
    expect(await page.evaluate(faintTexts)).toEqual([]);
    await page.close();
  });

  it("prints everything, without what only a screen can use", async () => {
    const { page } = await open(MIXED);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#tools").isVisible()).toBe(false);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    expect(await page.locator("details:not([open])").count()).toBe(0);
    const marks = await page
      .locator("summary")
      .evaluateAll((all) => all.map((one) => getComputedStyle(one, "::before").content));
    expect(new Set(marks)).toEqual(new Set(["none"]));
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    expect(await page.locator("details:not([open])").count()).toBe(2);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.close();
  });

  it.each(["nothing-to-do", "one-create"])("prints everything of a page without a search: %s", async (name) => {
    const { page } = await open(SAMPLES[name] as Sample);
    expect(await page.getByRole("searchbox").count()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    expect(await page.locator("details").count()).toBe(1);
    expect(await page.locator("details:not([open])").count()).toBe(0);
    await page.close();
  });

  it("fits a narrow screen, where a reason has a line of its own", async () => {
    const { page } = await open(MIXED, { viewport: { width: 360, height: 700 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const [name, why] = await Promise.all(
      ["h3", ".why"].map((part) => page.locator(`#change-13 > summary ${part}`).boundingBox()),
    );
    expect(why?.y).toBeGreaterThanOrEqual((name?.y ?? 0) + (name?.height ?? 0));
    await page.close();
  });

  it("stays usable with 5,000 changes", async () => {
    const { page, complaints } = await open(MANY);
    const started = performance.now();
    await page.getByRole("searchbox").fill("NA04321");
    await expect.poll(() => shown(page)).toBe(1);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** Runs in the page: texts whose contrast against the nearest opaque background is below WCAG's 4.5:1. */
function faintTexts(): string[] {
  const luminance = (colour: string) => {
    const parts = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
    const [red = 0, green = 0, blue = 0] = parts
      .map((part) => (colour.startsWith("color(") ? part : part / 255))
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backOf = (element: Element | null): string => {
    if (element === null) return "rgb(255, 255, 255)";
    const colour = getComputedStyle(element).backgroundColor;
    return /^rgb\(|^color\(srgb [^/]*\)$/.test(colour) ? colour : backOf(element.parentElement);
  };
  const faint: string[] = [];
  for (const element of document.querySelectorAll("body *:not(script, title)")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!text) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [light = 0, dark = 0] = [luminance(colour), luminance(backOf(element))].sort((one, other) => other - one);
    if ((light + 0.05) / (dark + 0.05) < 4.5) faint.push(`${element.tagName} ${element.textContent?.slice(0, 40)}`);
  }
  return faint;
}
