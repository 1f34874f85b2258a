import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DemoServer, startDemoServer } from "../demo-server.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { runIcaform } from "../run-self.ts";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));

/** Low enough that ICA's rate limit is met on the way. */
const REQUESTS_PER_SECOND = 5;

/**
 * The whole story with the real commands: plan, apply, nothing to do, an edit, a lost answer. Everything happens on
 * this machine; each step's promise is checked, and the first that does not hold ends the demo with exit code 1.
 */
export async function demo(io: Io): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "icaform-demo-"));
  const server = await startDemoServer(join(EXAMPLES, "simulator-seed.yaml"), REQUESTS_PER_SECOND);
  try {
    await cp(join(EXAMPLES, "cohort"), join(folder, "cohort"), { recursive: true });
    await tell({ io, folder, server });
    return EXIT.done;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  io: Io;
  folder: string;
  server: DemoServer;
}

async function tell(stage: Stage): Promise<void> {
  const { io, server } = stage;
  const say = (text: string) => io.out(`\n${io.outStyle.bold(`# ${text}`)}\n`);

  say(
    `An ICA in memory answers ${REQUESTS_PER_SECOND} requests a second and 429 beyond. Two genomes and a joint run are declared.`,
  );
  await step(stage, ["validate", "cohort"], "Valid: stack cohort-7");
  await step(stage, ["plan", "cohort"], "Plan: 2 to create, 1 waiting.");

  say("The plan is reviewed; apply does what it says, once.");
  await step(stage, ["apply", "cohort", "--auto-approve"], "Apply: 2 done.");
  await expectRuns(stage, 2);
  await tellThrottled(stage);

  say("Both genomes succeed in ICA; what waited for them can start.");
  await server.finishAll();
  await step(stage, ["apply", "cohort", "--auto-approve"], "Apply: 1 done.");
  await server.finishAll();
  await step(stage, ["plan", "cohort"], "Plan: nothing to do (3 unchanged).");

  say("Somebody edits one parameter of one run: min_quality 20 becomes 30. The plan shows that field, and a rerun.");
  await edit(
    stage,
    "cohort/runs.yaml",
    "sample_id: NA12879, callers: [snv, cnv], min_quality: 20",
    "sample_id: NA12879, callers: [snv, cnv], min_quality: 30",
  );
  await step(stage, ["plan", "cohort"], "input.form.parameters.min_quality: 20 → 30");
  await step(stage, ["apply", "cohort", "--auto-approve"], "Apply: 1 done.");
  await server.finishAll();

  say("A third genome is declared, and this time ICA starts the run but its answer is lost on the way.");
  await writeFile(join(stage.folder, "cohort/NA12880.yaml"), THIRD_GENOME);
  await server.loseNextAnswer();
  await step(stage, ["apply", "cohort", "--auto-approve"], "Apply: 1 done.");
  await tellLostAnswer(stage);
  await expectRuns(stage, 5);
  await step(stage, ["plan", "cohort"], "Plan: nothing to do (4 unchanged).");

  say("Four declared runs, one edit: five runs in ICA, none twice. That is the promise.");
}

const THIRD_GENOME = `apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: wgs-NA12880 }
spec:
  pipeline: dragen-germline-4-4
  storage: Large
  input:
    form:
      data: [{ parameter: fastqs, files: [/fastq/NA12878_R1.fastq.gz] }]
      parameters: { sample_id: NA12880 }
`;

/** Shows and runs one command; what it prints must hold what the story says. */
async function step({ io, folder, server }: Stage, args: readonly string[], promised: string): Promise<void> {
  io.out(`\n${io.outStyle.cyan(`$ icaform ${args.join(" ")}`)}\n`);
  const { code, output } = await runIcaform(args, folder, { ICA_SERVER: server.url, ICA_API_KEY: server.apiKey });
  io.out(output);
  if (code !== EXIT.done) throw new Error(`icaform ${args.join(" ")} ended with exit code ${code}`);
  if (!output.includes(promised)) throw new Error(`icaform ${args.join(" ")} did not say: ${promised}`);
}

async function edit({ folder }: Stage, file: string, before: string, after: string): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  if (!text.includes(before)) throw new Error(`${file} does not hold: ${before}`);
  await writeFile(join(folder, file), text.replace(before, after));
}

async function tellThrottled({ io, server }: Stage): Promise<void> {
  const throttled = (await server.requests()).filter((request) => request.status === 429).length;
  if (throttled === 0) throw new Error("the rate limit was not met");
  io.out(`\nOn the way ICA answered 429 ${throttled} times; icaform waited and went on.\n`);
}

async function tellLostAnswer({ io, server }: Stage): Promise<void> {
  const creates = (await server.requests()).filter((request) => request.path.includes("/analysis:nextflow"));
  const lost = creates.find((request) => request.status === 201 && !request.delivered);
  const sameKey = creates.filter((request) => request.key === lost?.key && request.status === 201);
  if (lost === undefined || sameKey.length < 2) throw new Error("no answer was lost and asked for again");
  io.out(`\nThe create call went out ${sameKey.length} times under one idempotency key; ICA started one run.\n`);
}

async function expectRuns({ server }: Stage, count: number): Promise<void> {
  const found = await server.countRuns();
  if (found !== count) throw new Error(`ICA holds ${found} runs, not ${count}`);
}
