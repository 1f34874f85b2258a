import { isAwsKeyId } from "../../core/secret-like.ts";
import type { Declarations } from "../declare.ts";
import type { Finding } from "../finding.ts";

/** `{ env: AKIA… }`: the key itself where the name of a variable belongs. */
export function* checkCredentials({ credentials }: Declarations): Generator<Finding> {
  for (const on of credentials) {
    for (const key of ["accessKeyId", "secretAccessKey"] as const) {
      const secret = on.spec[key];
      if (!("env" in secret) || !isAwsKeyId(secret.env)) continue;
      yield {
        on,
        path: ["spec", key, "env"],
        code: "literal-secret",
        message: "this is an AWS access key id itself; a manifest only names the variable that holds it",
        help: "write { env: NAME }; if the key was committed anywhere, replace it by a new one",
      };
    }
  }
}
