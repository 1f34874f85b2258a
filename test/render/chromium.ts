/// <reference lib="dom" />
/** Pages in a real browser, from disk, as their readers open them: Debian's `chromium`, or another on PATH. */
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { treeOf } from "../support/beside.ts";

const executablePath = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((file) => existsSync(file));

export const isInstalled = executablePath !== undefined;
/** For the names of tests. */
export const skipped = isInstalled ? "" : " (skipped: no chromium on PATH)";

export function launch(): Promise<Browser> {
  return chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
}

/** Opens a page from disk; `complaints` holds what was asked of a network, refused by policy, or thrown. */
export async function openPage(
  browser: Browser,
  html: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; complaints: string[] }> {
  const file = join(treeOf({}), "page.html");
  writeFileSync(file, html);
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

/** Runs in the page: texts whose contrast against the nearest opaque background is below WCAG's 4.5:1. */
export function faintTexts(): string[] {
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
