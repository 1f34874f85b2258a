/// <reference lib="dom" />
/** The page of status in a real browser, as its readers open it. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statusHtml } from "../../src/render/status-html.ts";
import { faintTexts, isInstalled, launch, openPage, skipped } from "./chromium.ts";
import { NOW, REPORT } from "./status-sample.ts";

describe.skipIf(!isInstalled)(`the page of status in a browser${skipped}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  const open = (options: Parameters<Browser["newPage"]>[0] = {}) => openPage(browser, statusHtml(REPORT, NOW), options);

  it("asks for nothing and breaks no policy", async () => {
    const { page, complaints } = await open();
    await page.waitForTimeout(50);
    expect(complaints).toEqual([]);
    expect(await page.title()).toBe("icaform status: week-2");
    await page.close();
  });

  it.each(["light", "dark"] as const)(
    "has bars that stand out in the %s scheme, and words that can be read",
    async (colorScheme) => {
      const { page } = await open({ colorScheme });
      expect(await page.evaluate(faintTexts)).toEqual([]);
      const bars = await page.locator(".gantt rect").evaluateAll((all) => {
        const luminance = (colour: string) => {
          const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(
            (part) => (Number(part) / 255) ** 2.2,
          );
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const back = luminance(getComputedStyle(document.body).backgroundColor);
        return all.map((bar) => {
          const { fill, stroke } = getComputedStyle(bar);
          const { width, height } = bar.getBoundingClientRect();
          const colour = stroke === "none" ? fill : stroke;
          const [light = 0, dark = 0] = [luminance(colour), back].sort((one, other) => other - one);
          return {
            look: bar.getAttribute("class"),
            colour,
            size: Math.min(width, height),
            contrast: (light + 0.05) / (dark + 0.05),
          };
        });
      });
      expect(bars.length).toBe(9);
      // Steps are drawn into the bar of their run, in the colour of the page. Of the rest WCAG 1.4.11 asks for 3:1.
      for (const { look, size, contrast } of bars.filter((bar) => bar.look !== "step")) {
        expect(size, look ?? "").toBeGreaterThanOrEqual(2);
        expect(contrast, look ?? "").toBeGreaterThanOrEqual(3);
      }
      expect(new Set(bars.map(({ colour }) => colour)).size).toBeGreaterThanOrEqual(4);
      await page.close();
    },
  );

  it("fits a narrow screen: what is wider moves inside its frame", async () => {
    const { page } = await open({ viewport: { width: 360, height: 700 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    for (const region of await page.getByRole("region").all()) {
      const isWider = await region.evaluate((one) => one.scrollWidth > one.clientWidth);
      if (isWider) expect(await region.evaluate((one) => getComputedStyle(one).overflowX)).toBe("auto");
    }
    await page.close();
  });

  it("is walked by keyboard: to the runs, through the chart and the table", async () => {
    const { page } = await open({ viewport: { width: 360, height: 700 } });
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the runs");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("runs");
    const labelOf = () =>
      page.evaluate(() => {
        const { activeElement: at } = document;
        return at?.getAttribute("aria-label") ?? at?.getAttribute("aria-labelledby");
      });
    await page.keyboard.press("Tab");
    expect(await labelOf()).toBe("runs");
    await page.keyboard.press("Shift+Tab");
    expect(await labelOf()).toMatch(/^Phases of 4 runs from /);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator(".gantt").evaluate((one) => one.scrollLeft)).toBeGreaterThan(0);
    await page.close();
  });
});
