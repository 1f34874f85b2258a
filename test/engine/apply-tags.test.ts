/** Tags that somebody else changes between our reading and our writing: read again once, and nobody's tag is lost. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AnalysisTags, Writer } from "../../src/core/ica.ts";
import { applyPlan } from "../../src/engine/apply.ts";
import type { Result } from "../../src/engine/outcome.ts";
import { createWriter } from "../../src/ica/client.ts";
import { applyTree, planStackOf } from "../support/engine.ts";
import { proxy } from "../support/http.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const REASON = "icaform.reason=the disk was full";

interface Attempted {
  ica: Lab;
  result: Result | undefined;
  tags: AnalysisTags;
  /** Method and status of all reads and writes of the run, in order. */
  calls: string[];
}

/** A run started by hand gets the tag `ours`; before each of the first `times` writes, somebody adds a tag of theirs. */
async function changedMeanwhile(times: number, status: 409 | 412): Promise<Attempted> {
  const ica = await lab();
  const folder = treeOf({ "t.yaml": stack() + run("r") });
  await applyTree(folder, ica.sim);
  ica.finish("FAILED");
  await applyTree(folder, ica.sim, { rerun: { r: "the disk was full" } });
  writeFileSync(join(folder, "t.yaml"), stack() + run("r", "tags: { user: [ours] }"));
  const planned = await planStackOf(folder, ica.sim);

  const options = { server: new URL(ica.sim.url), credentials: { apiKey: ica.sim.apiKey }, userAgent: "icaform-test" };
  const writer = createWriter(options);
  let changes = 0;
  const disturbed: Writer = {
    ...writer,
    async updateTags(projectId, analysisId, body, etag) {
      if (changes < times) {
        changes += 1;
        const { analysis, body: theirs, etag: current = "" } = await writer.analysis(projectId, analysisId);
        const tags = { ...analysis.tags, userTags: [...analysis.tags.userTags, `theirs-${changes}`] };
        await writer.updateTags(projectId, analysisId, { ...(theirs as object), tags }, current);
        // The simulator answers 409 by itself; 412 is what other servers say.
        if (status === 412)
          ica.sim.control.addFaults({ match: { method: "PUT", times: 1 }, fault: "status-before", status });
        ica.forget();
      }
      return writer.updateTags(projectId, analysisId, body, etag);
    },
  };
  ica.forget();
  const calls: string[] = [];
  try {
    const results = await applyPlan(planned, {
      stack: planned.plan.stack,
      writer: disturbed,
      reader: writer,
      secrets: { problem: async () => undefined, read: async () => "" },
      clock: { now: Date.now, sleep: async () => {} },
      concurrency: 1,
      signal: new AbortController().signal,
      onResult: () => {},
    });
    calls.push(
      ...ica.sim.requests
        .filter(({ path }) => /\/analyses\/[^/]+$/.test(path))
        .map((one) => `${one.method} ${one.status}`),
    );
    return { ica, result: results[0], tags: ica.sim.analyses().at(-1)?.tags as AnalysisTags, calls };
  } finally {
    await writer.close();
  }
}

describe.each([409, 412] as const)("a tag update that is answered by %i", (status) => {
  it("is read again and sent again, once; people's tags and the attempt's reason stay", async () => {
    const { result, tags, calls } = await changedMeanwhile(1, status);
    expect(result).toMatchObject({ address: "PipelineRun/r", action: "update", outcome: "done" });
    expect(calls).toEqual([`PUT ${status}`, "GET 200", "PUT 200"]);
    expect(tags.userTags).toEqual(["theirs-1", "ours"]);
    expect(tags.technicalTags).toContain(REASON);
    expect(tags.technicalTags).toContain("icaform.attempt=2");
  });

  it("twice, fails: says why and what to do, and has written nothing", async () => {
    const { result, tags, calls } = await changedMeanwhile(2, status);
    expect(result).toMatchObject({
      outcome: "failed",
      error: "somebody else changed its tags in ICA while they were being written, twice; nothing was written",
      help: "run the same command again once nobody is changing them",
    });
    expect(calls).toEqual([`PUT ${status}`]);
    expect(tags.userTags).toEqual(["theirs-1", "theirs-2"]);
    expect(tags.technicalTags).toContain(REASON);
  });
});

describe("a tag update of an analysis that ICA sends without ETag", () => {
  it("fails, since it could undo what somebody else writes meanwhile: nothing is written", async () => {
    const ica = await lab();
    const withoutEtag = await proxy(ica.sim.url, (_request, answer) => {
      const { etag: _etag, ...headers } = answer.headers;
      return { headers };
    });
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    await applyTree(folder, ica.sim);
    ica.finish();
    writeFileSync(join(folder, "t.yaml"), stack() + run("r", "tags: { user: [ours] }"));
    ica.forget();
    const { results } = await applyTree(folder, { ...ica.sim, url: withoutEtag.url });
    expect(results).toMatchObject([{ action: "update", outcome: "failed", error: expect.stringContaining("no ETag") }]);
    expect(ica.writes()).toEqual([]);
  });
});
