/// <reference lib="dom" />
/** The page in a real browser, from disk, as its readers open it. Needs Debian's `chromium`, or another on PATH. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planHtml } from "../../src/render/html.ts";
import { faintTexts, isInstalled, launch, openPage, skipped } from "./chromium.ts";
import { change, cohortRun, MANY, planOf, SAMPLES, type Sample } from "./samples.ts";

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

describe.skipIf(!isInstalled)(`the page in a browser${skipped}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  const open = ({ plan, refusals }: Sample, options: Parameters<Browser["newPage"]>[0] = {}) =>
    openPage(browser, planHtml(plan, refusals), options);

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
    expect(await page.getByRole("status").textContent()).toBe("1 of 15 shown; 3 unchanged are not searched");
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

  it("leads to what a search finds, wherever the page was left, and says what it does not search", async () => {
    const { page } = await open({
      ...MANY,
      plan: planOf([...MANY.plan.changes.slice(0, 60), change({ action: "no-op" })]),
    });
    await page.getByRole("button", { name: "Expand all" }).click();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.keyboard.press("/");
    await page.keyboard.type("NA0000");
    await expect.poll(() => page.getByRole("status").textContent()).toMatch(/shown; 1 unchanged is not searched$/);
    const heading = await page.getByRole("heading", { name: "Changes" }).boundingBox();
    expect(heading?.y).toBeGreaterThanOrEqual(0);
    expect(heading?.y).toBeLessThan(page.viewportSize()?.height ?? 0);
    await page.close();
  });

  it("brings everything back by Esc when the actions that are left out hide all", async () => {
    const { page } = await open(MIXED);
    for (const box of await page.getByRole("checkbox").all()) await box.uncheck();
    expect(await shown(page)).toBe(0);
    expect(await page.locator("#none").textContent()).toBe("No change fits. Esc in the search field shows all again.");
    await page.getByRole("searchbox").press("Escape");
    expect(await shown(page)).toBe(15);
    expect(await page.getByRole("checkbox", { checked: false }).count()).toBe(0);
    await page.close();
  });

  it("shows the lines of a text of several lines", async () => {
    const text = "first: 1\n\n  second: 2\nthird: 3\n";
    const { page } = await open({
      plan: planOf([change({ fields: [{ path: "input.custom.text", after: text, sensitive: false }] })]),
      refusals: [],
    });
    const value = page.locator(".fields td code");
    expect(await value.textContent()).toBe(text);
    const lines = await value.evaluate((one) => one.getClientRects().length);
    expect(lines).toBeGreaterThanOrEqual(4);
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
