import { createHash } from "node:crypto";
import { STYLE } from "./html-assets.ts";
import { html } from "./html-text.ts";

export interface Page {
  /** Plain text. */
  title: string;
  /** The id of what the first link of the page skips to. */
  skipTo: { id: string; words: string };
  /** Markup that is safe already. */
  body: readonly string[];
  /** Styles beside those that all pages have. */
  style?: string;
  /** Without one, none may be run. */
  script?: string;
}

/**
 * A page that works from disk: nothing is loaded, and by its own Content-Security-Policy only the script and the style
 * that stand in it count.
 */
export function pageHtml({ title, skipTo, body, style = "", script }: Page): string {
  const css = STYLE + style;
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
    `style-src '${hashOf(css)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const lines = [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${html(title)}</title>`,
    `<style>${css}</style>`,
    "</head>",
    "<body>",
    `<a class="skip" href="#${skipTo.id}">${html(skipTo.words)}</a>`,
    ...body.filter((part) => part !== ""),
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
    "</body>",
    "</html>",
  ];
  return `${lines.join("\n")}\n`;
}

/** As a Content-Security-Policy names what may run (CSP level 3, 2.3.1). */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
