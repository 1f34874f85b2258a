/** How long the command takes to start, against an empty Node: `npm run bench:startup`. */
import { fileURLToPath } from "node:url";
import { bundle } from "../src/build/bundle.ts";
import { treeOf } from "./lab.ts";
import { mediansInTurn, table } from "./measure.ts";

const ROUNDS = 20;
const ICAFORM = fileURLToPath(new URL("../dist/icaform.js", import.meta.url));
const QUICKSTART = fileURLToPath(new URL("../examples/quickstart", import.meta.url));

await bundle();
const node = process.execPath;
const commands = [
  { name: "node -e 0", command: [node, "-e", "0"] },
  { name: "icaform --version", command: [node, ICAFORM, "--version"] },
  { name: "icaform --help", command: [node, ICAFORM, "--help"] },
  { name: "icaform validate quickstart", command: [node, ICAFORM, "validate", QUICKSTART] },
  { name: "icaform validate, 100 documents", command: [node, ICAFORM, "validate", treeOf(99)] },
];
const medians = mediansInTurn(
  commands.map((one) => one.command),
  ROUNDS,
);
const [baseline = Number.NaN] = medians;
const rows = commands.map(({ name }, index) => {
  const value = medians[index] ?? Number.NaN;
  return [name, value.toFixed(1), (value / baseline).toFixed(2)];
});
process.stdout.write(`${table(["command", `median of ${ROUNDS} (ms)`, "ratio"], rows)}\n`);
