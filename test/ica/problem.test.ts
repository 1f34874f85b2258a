import { describe, expect, it } from "vitest";
import { ApiError } from "../../src/core/errors.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import { typedErrors } from "../../src/ica/problem.ts";
import { type Answer, failure, get, scripted } from "./scripted.ts";

async function errorOf(answer: Answer, ...known: string[]): Promise<ApiError> {
  const secrets = knownSecrets();
  for (const secret of known) {
    secrets.add(secret);
  }
  const error = await failure(typedErrors(scripted(answer).transport, secrets)(get()));
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe("problems", () => {
  it("keep code, reference and title when all are in the title", async () => {
    const title = "ICA_API_429 : Too many requests. Please try again later! (ref. b59769f6)";
    const error = await errorOf({ status: 429, json: { type: "about:blank", title, status: 429, parameters: {} } });
    expect(error).toMatchObject({
      status: 429,
      code: "ICA_API_429",
      reference: "b59769f6",
      title: "Too many requests. Please try again later!",
      detail: undefined,
      unsettled: false,
    });
    expect(error.message).toBe(
      "GET /api/things: 429 Too many requests. Please try again later! (ICA_API_429, ref. b59769f6)",
    );
  });

  it("keep them when they are in the detail", async () => {
    const error = await errorOf({
      status: 404,
      json: { title: "Not Found", detail: "ICA_GNRC_001 : No such project (ref. 0a1b2c3d)" },
    });
    expect(error).toMatchObject({ code: "ICA_GNRC_001", reference: "0a1b2c3d", title: "Not Found" });
    expect(error.detail).toBe("No such project");
  });

  it("tell the parameters and the number of tries", async () => {
    const error = await errorOf({
      status: 400,
      attempts: 3,
      json: { title: "Validation failed", parameters: { userReference: "must match", count: 3 } },
    });
    expect(error.detail).toBe("userReference: must match, count: 3; after 3 tries");
  });

  it.each([500, 502, 503, 504])("of status %i leave the outcome of a write open", async (status) => {
    expect(await errorOf({ status })).toMatchObject({ unsettled: true });
  });

  it("leave it open when an earlier try was lost", async () => {
    expect(await errorOf({ status: 429, unsettled: true })).toMatchObject({ unsettled: true });
  });

  it("hide secrets of fewer than four characters where they stand alone, and no letters of other words", async () => {
    const detail = 'parameter pin: "x7" is not 4 digits, nor is a+ of max7';
    const error = await errorOf(
      { status: 400, json: { title: "x7", detail, parameters: { pin: "x7" } } },
      "x7",
      "a+",
      "a",
    );
    expect(error.title).toBe("[secret]");
    expect(error.detail).toBe('parameter pin: "[secret]" is not 4 digits, nor is [secret] of max7; pin: [secret]');
  });

  it("hide a secret also where the text is cut", async () => {
    const parameters = { a: "-".repeat(280), b: "a-rather-long-secret-value" };
    const error = await errorOf({ status: 400, json: { title: "no", parameters } }, parameters.b);
    expect(error.message).not.toContain("a-rather");
  });

  it("stay on one line and short, whatever they say", async () => {
    const error = await errorOf({
      status: 400,
      json: { title: "a\u001b[31m\r\nb\u2028c\u0000", detail: "x".repeat(100_000) },
    });
    expect(error.title).toBe("a [31m b c");
    expect(error.message).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(error.message.length).toBeLessThan(700);
  });

  it("never quote a known secret", async () => {
    const error = await errorOf(
      { status: 400, json: { title: "Bad hunter22", detail: "got hunter22", parameters: { secret: "hunter22" } } },
      "hunter22",
    );
    expect(JSON.stringify({ ...error }) + error.message).not.toContain("hunter22");
    expect(error.title).toBe("Bad [secret]");
  });
});

describe("other bodies", () => {
  it.each([
    [{ text: "<html><body>proxy</body></html>" }, "Bad Gateway", /answered HTML instead of JSON/],
    [{ text: "upstream\nfailed" }, "Bad Gateway", /^upstream failed$/],
    [{ json: "quota" }, "Bad Gateway", /^quota$/],
    [{ json: { message: "no upstream" } }, "Bad Gateway", /^no upstream$/],
    [{ json: { title: 7, detail: null } }, "Bad Gateway", undefined],
    [{ json: [] }, "Bad Gateway", undefined],
    [{ text: "" }, "Bad Gateway", undefined],
  ] as [Answer, string, RegExp | undefined][])("survive (%#)", async (answer, title, detail) => {
    const error = await errorOf({ status: 502, ...answer });
    expect(error.title).toBe(title);
    if (detail === undefined) {
      expect(error.detail).toBeUndefined();
    } else {
      expect(error.detail).toMatch(detail);
    }
  });

  it("with success pass", async () => {
    const transport = typedErrors(scripted({ json: { ok: true } }).transport, knownSecrets());
    expect(await transport(get())).toMatchObject({ status: 200 });
  });
});
