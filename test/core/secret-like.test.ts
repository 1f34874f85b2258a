/** What may be a secret, by its name, its form, or what it stands in: a word too many rather than one too few. */
import { describe, expect, it } from "vitest";
import { holdsSecret, looksSecret } from "../../src/core/secret-like.ts";

describe("a name of secrets", () => {
  it.each(
    [
      "passphrase",
      "pwd",
      "DB_PASS",
      "pass",
      "passCode",
      "auth",
      "oauth2",
      "authToken",
      "Authorization",
      "authentication",
    ]
      .concat(["api.key", "x-api-key", "license_key", "sshKey", "creds", "aws_cred", "private", "bearer", "max_tokens"])
      .concat(["cookie", "author_auth"]),
  )("is %s", (name) => {
    expect(looksSecret(name, "x")).toBe(true);
    expect(holdsSecret([{ [name]: "x" }])).toBe(true);
  });

  it.each(
    ["author", "co_authors", "authority", "authentic", "authenticity", "tokenizer", "tokenise", "sort_key"].concat([
      "pass_filter",
      "two_pass",
      "bypass",
      "sacred",
      "keys",
    ]),
  )("is not %s", (name) => {
    expect(looksSecret(name, "x")).toBe(false);
  });

  it("makes a secret of all that is below it, but of nothing beside it", () => {
    expect(holdsSecret({ credentials: { user: "u", key: "hush" } })).toBe(true);
    expect(holdsSecret({ tokens: [{ of: ["hush"] }] })).toBe(true);
    expect(looksSecret("auth", { deep: [[1]] })).toBe(true);
    expect(holdsSecret({ credentials: { use: "true", of: [], name: null, none: "" }, key: "x" })).toBe(false);
  });
});

describe("a secret inside of a text", () => {
  it.each([
    "curl https://h.org/x?X-Amz-Signature=hush -o x",
    'see "https://ada:hush@h.org/x"',
    "https://h.org/a?page=1,https://h.org/b?page=1&sig=hush",
    "wget --password hush x",
    "PASSWORD=hush run.sh",
    'docker run -e "API_TOKEN=hush" x',
    '{\\"password\\": \\"hush\\"}',
    "password:\n  - hush",
  ])("is seen in %s", (text) => {
    expect(looksSecret("cmd", text)).toBe(true);
    expect(holdsSecret({ cmd: text })).toBe(true);
  });

  it.each(["curl https://h.org/x?page=2 -o x", "s3://bucket/S1 R2.fq", "author: Ada", "skip_token=true", "password: "])(
    "is not seen in %s",
    (text) => {
      expect(holdsSecret({ cmd: text })).toBe(false);
    },
  );
});
