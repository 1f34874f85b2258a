/** A command of a page's console block, and what the page prints below it. */
export interface Entry {
  command: string;
  output: string;
}

const BLOCK = /(?<=^```console\n)[\s\S]*?(?=^```$)/gm;

/** All commands of a page (`$ …`), in order. */
export function entriesOf(page: string): Entry[] {
  return (page.match(BLOCK) ?? []).flatMap((block) => block.split(/^(?=\$ )/m).map(entryOf));
}

/** The page with these entries in place of its own, of which there are as many. */
export function withEntries(page: string, entries: readonly Entry[]): string {
  const left = [...entries];
  return page.replaceAll(BLOCK, (block) => {
    const own = left.splice(0, block.split(/^(?=\$ )/m).length);
    return (
      own.map(({ command, output }) => [`$ ${command}`, output].filter((text) => text !== "").join("\n")).join("\n") +
      "\n"
    );
  });
}

/** A command goes on in the next line after a `\`, and inside of single quotes. */
function entryOf(text: string): Entry {
  const lines = text.replace(/^\$ /, "").trimEnd().split("\n");
  let end = 1;
  const isOpen = (command: string) => command.endsWith("\\") || command.split("'").length % 2 === 0;
  while (end < lines.length && isOpen(lines.slice(0, end).join("\n"))) end++;
  return { command: lines.slice(0, end).join("\n"), output: lines.slice(end).join("\n").trimEnd() };
}
