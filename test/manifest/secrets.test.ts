import { expect, test } from "vitest";
import { loadFiles, loadText, printed, run, STACK } from "./trees.ts";

const credential = (...spec: string[]) =>
  `apiVersion: icaform/v1\nkind: StorageCredential\nmetadata: { name: lab }\nspec:\n${spec.map((line) => `  ${line}\n`).join("")}`;

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const KEY_ID = "AKIAIOSFODNN7EXAMPLE";

test.each([
  ["as a value", ["type: AWS_USER", `accessKeyId: ${KEY_ID}`, `secretAccessKey: ${SECRET}`], "literal-secret"],
  ["under a mistyped key", ["type: AWS_USER", `secretAcessKey: ${SECRET}`, "accessKeyId: { env: A }"], "unknown-key"],
  [
    "under another key",
    ["type: AWS_USER", `accessKeyId: { value: ${KEY_ID} }`, "secretAccessKey: { env: A }"],
    "literal-secret",
  ],
  [
    "without a key",
    ["type: AWS_USER", `accessKeyId: { ${KEY_ID} }`, `secretAccessKey: { ${SECRET} }`],
    "literal-secret",
  ],
  ["as a list", ["type: AWS_USER", `accessKeyId: [${KEY_ID}]`, `secretAccessKey: [${SECRET}]`], "literal-secret"],
  [
    "in the place of a name",
    ["type: AWS_USER", `accessKeyId: { env: ${KEY_ID} }`, `secretAccessKey: { env: "${SECRET}" }`],
    "bad-value",
  ],
  [
    "in the place of a file",
    ["type: AWS", `accessKeyId: { env: A }`, `secretAccessKey: { file: "${SECRET}" }`],
    "unknown-value",
  ],
  [
    "over several lines",
    ["type: AWS_USER", "accessKeyId: { env: A }", "secretAccessKey: |", `  ${SECRET}`],
    "literal-secret",
  ],
  ["beside a syntax mistake", [`secretAccessKey: ${SECRET}`, `accessKeyId: ${KEY_ID}`, "type: ]"], "yaml-syntax"],
])("a secret written %s is refused and shown nowhere", async (_, spec, code) => {
  const { diagnostics } = await loadFiles({ "stack.yaml": STACK, "tree.yaml": credential(...spec) });
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  const text = printed(diagnostics) + JSON.stringify(diagnostics);
  expect(text).not.toContain(SECRET.slice(0, 12));
  expect(text).not.toContain(KEY_ID.slice(0, 12));
});

test("the message says how to name it", async () => {
  const { diagnostics } = await loadText(
    credential("type: AWS_USER", `accessKeyId: ${KEY_ID}`, "secretAccessKey: { env: S }"),
  );
  await expect(`${printed(diagnostics)}\n`).toMatchFileSnapshot("golden/literal-secret.txt");
});

test("an AWS access key id is no name of a variable", async () => {
  const { diagnostics } = await loadText(
    credential("type: AWS_USER", `accessKeyId: { env: ${KEY_ID} }`, "secretAccessKey: { env: S }"),
  );
  expect(diagnostics).toMatchObject([{ code: "literal-secret", line: 6, column: 23 }]);
});

test("a misspelt kind does not show secrets either", async () => {
  const text = `apiVersion: icaform/v1\nmetadata: { name: x }\nspec: { secretAccessKey: ${SECRET} }\nkind: StorageCredentials\n`;
  const { diagnostics } = await loadText(text);
  expect(diagnostics[0]?.code).toBe("unknown-kind");
  expect(printed(diagnostics)).not.toContain(SECRET.slice(0, 12));
});

test("nor does a near miss of apiVersion", async () => {
  const text = `metadata: { name: x }\nspec: { secretAccessKey: "${SECRET}" }\napiVersion: icafrom/v1\n`;
  const { diagnostics } = await loadText(text);
  expect(diagnostics[0]?.code).toBe("api-version");
  expect(printed(diagnostics)).not.toContain(SECRET.slice(0, 12));
});

test("code frames hide the signatures of URLs", async () => {
  const url = "https://host/file.gz?X-Amz-Credential=c&X-Amz-Signature=f00";
  const { diagnostics } = await loadText(
    run("x", "input:", "  custom:", "    text: x", `    external: [{ url: "${url}", mountPath: in/ }]`),
  );
  expect(diagnostics).toMatchObject([{ code: "mount-path" }]);
  expect(diagnostics[0]?.frame).toContain("file.gz?***");
  expect(diagnostics[0]?.frame).not.toContain("f00");
});

test("right credentials are shown as they are written", async () => {
  const { diagnostics } = await loadText(
    credential(
      "type: AWS_USER",
      "accessKeyId: { env: LAB_ID }",
      "secretAccessKey: { file: lab/secret }",
      "shared: true",
    ),
  );
  expect(diagnostics[0]?.frame).toContain("secretAccessKey: { file: lab/secret }");
});
