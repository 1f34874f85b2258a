/** One rule for the tags of runs and of samples: what is declared is added, icaform's own renewed, the rest kept. */
import { expect, it } from "vitest";
import { updatedSampleTags } from "../../src/core/decide-sample.ts";
import { updatedTags } from "../../src/core/tags.ts";

const OBSERVED = ["lab", "icaform.stack=s", "icaform.spec=old", "icaform.batch=3", "icaform.reason=why"];
const ADD = ["lab", "new", "icaform.stack=s", "icaform.spec=new"];
const UPDATED = ["lab", "icaform.batch=3", "icaform.reason=why", "new", "icaform.stack=s", "icaform.spec=new"];

it("runs and samples keep those of icaform's own tags that an update does not renew", () => {
  const run = (technicalTags: string[], userTags: string[]) => ({ technicalTags, userTags, referenceTags: ["r"] });
  expect(updatedTags(run(OBSERVED, ["a"]), run(ADD, ["b"]))).toEqual(run(UPDATED, ["a", "b"]));
  const sample = (technicalTags: string[], userTags: string[]) => {
    return { technicalTags, userTags, connectorTags: ["c"], runInTags: [] };
  };
  expect(updatedSampleTags(sample(OBSERVED, ["a"]), sample(ADD, ["b"]))).toEqual(sample(UPDATED, ["a", "b"]));
});

it("a user's tag that looks like icaform's is the user's", () => {
  const tags = (userTags: string[]) => ({ technicalTags: [], userTags, referenceTags: [] });
  expect(updatedTags(tags(["icaform.x=1"]), tags(["icaform.x=2"]))).toEqual(tags(["icaform.x=1", "icaform.x=2"]));
});
