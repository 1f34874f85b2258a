import { expect, test } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { parseServer, serverIsTrusted } from "../../src/core/server.ts";

test("addresses lose the slash at their end and keep all else", () => {
  expect(parseServer("https://ica.illumina.com/ica/rest/").href).toBe("https://ica.illumina.com/ica/rest");
  expect(parseServer("http://127.0.0.1:8080").href).toBe("http://127.0.0.1:8080/");
  expect(parseServer("https://my-proxy.example/ica/rest").host).toBe("my-proxy.example");
});

test.each([
  "",
  "ica.illumina.com",
  "file:///etc/passwd",
  "http://ica.illumina.com",
  "https://user:hunter2@ica.illumina.com",
  "https://ica.illumina.com?",
  "https://ica.illumina.com/#x",
  "https://ica.illumina.com/ica/rest/api",
  "https://ica.illumina.com/ica/rest/api/",
])("%s is no server, and nothing of it that may be secret is repeated", (text) => {
  expect(() => parseServer(text)).toThrow(UsageError);
  expect(() => parseServer(text)).not.toThrow(/hunter2/);
});

test.each([
  ["https://illumina.com", true],
  ["https://ICA.Illumina.com/ica/rest", true],
  ["https://use1.ica.illumina.com", true],
  ["http://ica.illumina.com", false],
  ["https://notillumina.com", false],
  ["https://illumina.com.example", false],
  ["https://illumina.com.", false],
  ["http://localhost:1", true],
  ["http://127.1", true],
  ["http://2130706433", true],
  ["http://[::1]", true],
  ["http://0.0.0.0", false],
  ["https://localhost.example", false],
  ["ws://localhost", false],
])("a manifest may name %s: %s", (text, trusted) => {
  expect(serverIsTrusted(new URL(text))).toBe(trusted);
});
