/** ICA's page, "Using data from your own S3 Storage": from the credential to the end of the run. */
import { describe, expect, it } from "vitest";
import { ica, pick, V4 } from "../simulator/ica.ts";
import { credential, run, SECRETS, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const CODE = IDS.code;
const URL_OF_READS = "s3://your_S3_address/run7/S1_R1.fastq.gz";

/** An external input as the manifest has it. */
const external = (more: string, url = URL_OF_READS) => `external: [{ url: "${url}", ${more} }]`;
const form = (data: string) => `input: { form: { data: [{ parameter: reads, ${data} }] } }`;
const FROM_BUCKET = form(external("mountPath: inputs/S1_R1.fastq.gz, credential: lab-s3"));

interface Sent {
  analysisInput: { objectType?: string; inputs: { parameterCode: string; externalData: Record<string, unknown>[] }[] };
}

function sentBy(world: Lab): Sent {
  return JSON.parse(world.creates()[0]?.body ?? "{}") as Sent;
}

describe("“If you do not have credentials, then from the API perform **POST /api/storageCredentials**”", () => {
  it.each([
    ["nextflow", `pipeline: nf, ${FROM_BUCKET}`, "analysis:nextflow"],
    ["cwl", `pipeline: cwl, ${FROM_BUCKET}`, "analysis:cwlWithStructuredInput"],
    ["cwl, by the endpoint of the page", `pipeline: cwl, activationCode: ${CODE}, ${FROM_BUCKET}`, "analysis:cwl"],
  ])(
    "“From the API perform a **POST /api/projects/{projectId}/analysis:cwl** (or Nextflow) with the required parameters for your analysis”: %s, run to its end, and nothing left to do",
    async (_name, spec, endpoint) => {
      const world = await lab();
      const folder = treeOf({ "t.yaml": stack() + credential("lab-s3", "share: true") + run("r", spec) });
      await world.applied(folder, [], SECRETS);

      const posts = world.writes().map(({ path }) => path);
      expect(posts.slice(0, 2)).toEqual([
        "/api/storageCredentials",
        expect.stringMatching(/^\/api\/storageCredentials\/\S+:share$/),
      ]);
      expect(posts[2]).toMatch(new RegExp(`/${endpoint}$`));
      const [made] = world.sim.credentials();
      expect(made).toMatchObject({ name: "lab-s3", shared: true });
      expect(sentBy(world).analysisInput.inputs[0]?.externalData).toEqual([
        {
          url: URL_OF_READS,
          type: "s3",
          mountPath: "inputs/S1_R1.fastq.gz",
          s3Details: { storageCredentialsId: made?.id },
        },
      ]);
      world.finish();
      expect((await world.plan(folder)).summary).toMatchObject({ create: 0, rerun: 0, update: 0, unchanged: 2 });
    },
  );

  it("“The response will indicate the **id** (uuid) of the credentials”, and never a secret", async () => {
    const { ask } = await ica();
    const awsCredentials = { accessKeyId: SECRETS.S3_KEY_ID, secretAccessKey: SECRETS.S3_SECRET };
    const body = { name: "lab-s3", type: "AWS_USER", awsCredentials };
    const created = await ask("POST", "/api/storageCredentials", { body });
    expect(created.status).toBe(201);
    expect(String(pick(created.body, "id"))).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const listed = await ask("GET", "/api/storageCredentials");
    for (const value of Object.values(SECRETS)) expect(created.text + listed.text).not.toContain(value);
  });
});

describe("“If you already have credentials which you want to use, perform a **GET /api/storageCredentials**”", () => {
  const seed = { ...WORLD, credentials: [{ id: IDS.bucket, name: "lab-s3" }] };

  it("a declared name that is in ICA is used as it is: nothing is created, no secret is needed", async () => {
    const world = await lab({ seed });
    await world.applied(
      treeOf({ "t.yaml": stack() + credential("lab-s3") + run("r", `pipeline: nf, ${FROM_BUCKET}`) }),
    );
    expect(world.writes().map(({ path }) => path.split("/").at(-1))).toEqual(["analysis:nextflow"]);
    const [input] = sentBy(world).analysisInput.inputs;
    expect(input?.externalData[0]).toMatchObject({ s3Details: { storageCredentialsId: IDS.bucket } });
  });

  it("“note the **id** (uuid) which has been assigned to the credentials”: the id alone will do", async () => {
    const world = await lab({ seed });
    const spec = form(external(`mountPath: inputs/x.gz, credential: { id: ${IDS.bucket} }`));
    await world.applied(treeOf({ "t.yaml": stack() + run("r", `pipeline: nf, ${spec}`) }));
    const [input] = sentBy(world).analysisInput.inputs;
    expect(input?.externalData[0]).toMatchObject({ s3Details: { storageCredentialsId: IDS.bucket } });
  });
});

describe("“public S3 buckets without credentials are not supported”", () => {
  it("without a credential it is an error at its line, before anything is sent", async () => {
    const world = await lab();
    const folder = treeOf({
      "t.yaml": stack() + run("r", `pipeline: nf, ${form(external("mountPath: inputs/x.gz"))}`),
    });
    const { code, stderr } = await world.icaform(["plan", folder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: .*no `credential`, and ICA does not support public S3/);
    expect(world.sim.requests).toEqual([]);
  });

  it("the simulator refuses it as well, and a credential of somebody else", async () => {
    const users = [...WORLD.users, { name: "bob", apiKey: "key-of-bob-for-the-tests" }];
    const credentials = [{ id: IDS.bucket, name: "of-bob", owner: "bob" }];
    const world = await ica({ seed: { ...WORLD, users, credentials } });
    const ask = (s3Details: object) => {
      const data = { url: URL_OF_READS, type: "s3", mountPath: "in/x.gz", ...s3Details };
      const analysisInput = { inputs: [{ parameterCode: "reads", externalData: [data] }] };
      return world.create({ pipelineId: IDS.nfForm, analysisInput });
    };
    expect(pick((await ask({})).body, "parameters.reads")).toBe("storageCredentialsId is required");
    const foreign = await ask({ s3Details: { storageCredentialsId: IDS.bucket } });
    expect([foreign.status, foreign.text]).toEqual([400, expect.stringContaining("do not exist")]);
  });
});

describe("`mountPath`", () => {
  const withMount = (mountPath: string, url?: string) =>
    `pipeline: nf, ${form(external(`mountPath: ${mountPath}, credential: lab-s3`, url))}`;
  const tree = (spec: string) => treeOf({ "t.yaml": stack() + credential("lab-s3") + run("r", spec) });

  it.each(["inputs/S1_R1.fastq.gz", "/data/inputs/S1_R1.fastq.gz"])(
    "“Preferably use a relative path, though an absolute path is allowed”: %s goes out as written",
    async (mountPath) => {
      const world = await lab();
      await world.applied(tree(withMount(mountPath)), [], SECRETS);
      expect(sentBy(world).analysisInput.inputs[0]?.externalData[0]).toMatchObject({ mountPath });
    },
  );

  it("“The path must end with the file name”: a folder's path for a file is an error at its line", async () => {
    const world = await lab();
    const { code, stderr } = await world.icaform(["validate", tree(withMount("inputs/"))]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: a mount path ends with a file name, not with `\/`/);
  });

  it("“which may differ from the original input data”: another name goes out and is taken", async () => {
    const world = await lab();
    await world.applied(tree(withMount("inputs/renamed.fastq.gz")), [], SECRETS);
    expect(world.sim.analyses()).toHaveLength(1);
  });

  it("a whole S3 folder may be mounted: then both end with a slash", async () => {
    const world = await lab();
    await world.applied(tree(withMount("inputs/panels/", "s3://your_S3_address/panels/")), [], SECRETS);
    expect(sentBy(world).analysisInput.inputs[0]?.externalData[0]).toMatchObject({ mountPath: "inputs/panels/" });
  });
});

it("“CreateCwlAnalysis > CwlanalysisInput > CwlAnalysisStructuredInput > AnalysisDataInput > AnalysisInputExternalData”: each field of the page where the page has it", async () => {
  const world = await lab();
  const spec = `pipeline: cwl, activationCode: ${CODE}, ${FROM_BUCKET}`;
  await world.applied(treeOf({ "t.yaml": stack() + credential("lab-s3") + run("r", spec) }), [], SECRETS);
  const { analysisInput } = sentBy(world);
  expect(analysisInput.objectType).toBe("STRUCTURED");
  expect(Object.keys(analysisInput.inputs[0]?.externalData[0] ?? {}).sort()).toEqual([
    "mountPath",
    "s3Details",
    "type",
    "url",
  ]);
  const { contentType, accept } = headersOf(world);
  expect([contentType, accept]).toEqual([V4, V4]);
});

function headersOf(world: Lab): { contentType: unknown; accept: unknown } {
  const headers = world.creates()[0]?.headers ?? {};
  return { contentType: headers["content-type"], accept: headers.accept };
}
