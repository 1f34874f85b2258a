#!/usr/bin/env node
/** The command's entry. Nothing is loaded before it is known to be needed. */
export {};

const [first] = process.argv.slice(2);
if (first === "--version" || first === "-V") {
  process.stdout.write(`${ICAFORM_VERSION}\n`);
} else {
  const { run } = await import("./run.ts");
  process.exitCode = await run(process.argv.slice(2));
}
