import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { ROOT } from "./cli.ts";

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true, strictRequired: false });
formats.default(ajv, ["date-time"]);

/** Holds what a command printed for `--format json` against its schema: what is wrong in words, or `No errors`. */
export function mistakesOf(schema: "plan" | "explain" | "against" | "apply" | "status", document: string): string {
  const file = join(ROOT, `schemas/${schema}.json`);
  const validate = ajv.getSchema(`${schema}.json`) ?? ajv.compile(JSON.parse(readFileSync(file, "utf8")));
  validate(JSON.parse(document));
  return ajv.errorsText(validate.errors ?? []);
}
