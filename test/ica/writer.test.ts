import { describe, expect, it } from "vitest";
import type { CreateEndpoint } from "../../src/core/ica.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import { writer } from "../../src/ica/writer.ts";
import { failure, type Step, scripted } from "./scripted.ts";

const V3 = "application/vnd.illumina.v3+json";
const V4 = "application/vnd.illumina.v4+json";

const analysis = {
  id: "an-1",
  reference: "ref-1",
  userReference: "run-1",
  status: "IN_PROGRESS",
  timeCreated: "2026-01-01T00:00:00Z",
  timeModified: "2026-01-02T00:00:00Z",
  owner: { id: "u-1" },
  tenant: { id: "t-1" },
  pipeline: { id: "pl-1", code: "germline", language: "NEXTFLOW" },
  summary: null,
  tags: { technicalTags: ["icaform.stack=s"], userTags: [], referenceTags: [] },
};
const times = { timeCreated: "2026-01-01T00:00:00Z", timeModified: "2026-01-02T00:00:00Z" };

function writing(...steps: Step[]) {
  const script = scripted(...steps);
  const secrets = knownSecrets();
  return { ica: writer(script.transport, 500, secrets), log: script.log, secrets };
}

describe("a writer", () => {
  const endpoints: CreateEndpoint[] = [
    "analysis:nextflow",
    "analysis:nextflowJson",
    "analysis:nextflowWithCustomInput",
    "analysis:cwl",
    "analysis:cwlWithStructuredInput",
    "analysis:cwlWithJsonInput",
    "analysis:cwlJson",
  ];

  it.each(endpoints)("creates by %s: v4, the key, and the body byte for byte", async (endpoint) => {
    const { ica, log } = writing({ status: 201, json: analysis });
    const body = '{"b": 1.0,\n "a":"\\u00fc"}';
    expect(await ica.createAnalysis("p1", endpoint, body, "key-1")).toMatchObject({ id: "an-1" });
    expect(log).toEqual([
      {
        method: "POST",
        path: `/api/projects/p1/${endpoint}`,
        body,
        accept: V4,
        contentType: V4,
        idempotencyKey: "key-1",
        safe: false,
        auth: "token",
      },
    ]);
  });

  it("says that a create with an unreadable answer may have taken effect", async () => {
    const { ica } = writing({ status: 201, json: { id: 1 } });
    expect(await failure(ica.createAnalysis("p1", "analysis:cwl", "{}", "k"))).toMatchObject({ status: 201 });
  });

  it("puts the whole analysis with If-Match", async () => {
    const { ica, log } = writing({ json: analysis }, { json: analysis });
    await ica.updateTags("p1", "an-1", { ...analysis, extra: 1 }, '"7"');
    expect(log[0]).toMatchObject({
      method: "PUT",
      path: "/api/projects/p1/analyses/an-1",
      accept: V4,
      contentType: V4,
    });
    expect(log[0]).toMatchObject({ ifMatch: '"7"', body: JSON.stringify({ ...analysis, extra: 1 }) });
  });

  it("aborts, shares, creates and updates credentials without ever marking them safe to repeat", async () => {
    const credential = { id: "c1", name: "lab", ...times };
    const { ica, log, secrets } = writing(
      { status: 204 },
      { status: 201, json: credential },
      { status: 204 },
      { status: 204 },
    );
    const aws = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "very-secret" };
    await ica.abortAnalysis("p1", "an-1");
    expect(await ica.createCredential("lab", aws)).toEqual(credential);
    await ica.shareCredential("c1");
    await ica.updateCredentialSecrets("c1", aws);
    expect(log.map(({ path, contentType, body }) => [path, contentType, body && JSON.parse(body)])).toEqual([
      ["/api/projects/p1/analyses/an-1:abort", undefined, undefined],
      ["/api/storageCredentials", V3, { name: "lab", type: "AWS_USER", awsCredentials: aws }],
      ["/api/storageCredentials/c1:share", undefined, undefined],
      ["/api/storageCredentials/c1:updateSecrets", V3, { awsCredentials: aws }],
    ]);
    for (const request of log) {
      expect(request).toMatchObject({ method: "POST", safe: false });
      expect(request).not.toHaveProperty("idempotencyKey");
      // What answers 204 has no answer type but the problem's.
      expect(request.accept).toBe(request.path === "/api/storageCredentials" ? V3 : "application/problem+json");
    }
    expect(secrets.hide("bad key AKIAEXAMPLE / very-secret")).toBe("bad key [secret] / [secret]");
  });
});
