/** A network that lets one out through a proxy only. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { NetworkError, UsageError } from "../../src/core/errors.ts";
import { type ClientOptions, createReader } from "../../src/ica/client.ts";
import { proxyFor } from "../../src/ica/proxy.ts";
import { deadPort } from "../support/http.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const SERVER = new URL("https://ica.example.test/ica/rest");

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy that writes down what it is asked and all that goes through, and leads every host to one port, or refuses. */
async function proxyTo(port: number | undefined) {
  const asked: string[] = [];
  let passed = "";
  const proxy = createServer((client: Socket) => {
    client.on("error", () => client.destroy());
    client.once("data", (head: Buffer) => {
      asked.push(head.toString());
      if (port === undefined) return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      const target = dial(port, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
      target.on("error", () => client.destroy());
      for (const side of [client, target]) side.on("data", (bytes: Buffer) => (passed += bytes.toString("latin1")));
      client.pipe(target).pipe(client);
    });
  });
  return { port: await listening(proxy), asked, passed: () => passed };
}

function readerBehind(environment: Record<string, string>, more: Partial<ClientOptions> = {}) {
  return createReader({
    server: SERVER,
    proxy: proxyFor(SERVER, environment),
    credentials: { apiKey: "key-for-the-proxy-tests" },
    userAgent: "test",
    retry: { tries: 1, connectTries: 1 },
    ...more,
  });
}

const failureOf = (environment: Record<string, string>) =>
  readerBehind(environment)
    .project("x")
    .catch((error: unknown) => error);

describe("HTTPS_PROXY", () => {
  it("is asked for a tunnel; its refusal means that nothing was sent", async () => {
    const { port, asked } = await proxyTo(undefined);
    const failure = await failureOf({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^CONNECT ica\.example\.test:443 HTTP\/1\.1\r\n/);
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure).toMatchObject({ sent: false, message: expect.stringContaining("403") });
  });

  it("that is not there means that nothing was sent", async () => {
    const failure = await failureOf({ https_proxy: `http://127.0.0.1:${await deadPort()}` });
    expect(failure).toMatchObject({ sent: false, message: expect.stringMatching(/ECONNREFUSED/) });
  });

  it.each(["ica.example.test", ".example.test", "other, *.example.test:443", "*"])(
    "is passed by for NO_PROXY=%s",
    async (list) => {
      const { port, asked } = await proxyTo(undefined);
      const failure = await failureOf({ HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: list });
      expect(failure).toMatchObject({ sent: false, message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
      expect(asked).toEqual([]);
    },
  );

  it("is never used for this machine, nor is HTTP_PROXY for https", () => {
    const environment = { HTTPS_PROXY: "http://proxy:3128", HTTP_PROXY: "http://proxy:3128" };
    for (const server of ["http://127.0.0.1:8080/ica/rest", "http://localhost/", "https://[::1]/"]) {
      expect(proxyFor(new URL(server), environment)).toBeUndefined();
    }
    expect(proxyFor(SERVER, { HTTP_PROXY: "http://proxy:3128" })).toBeUndefined();
    expect(proxyFor(SERVER, environment)?.url.host).toBe("proxy:3128");
  });

  it.each(["proxy:3128", "socks5://proxy", "http://", "http://user:secr%t@proxy"])("%s is refused", (text) => {
    expect(() => proxyFor(SERVER, { HTTPS_PROXY: text })).toThrow(UsageError);
    expect(() => proxyFor(SERVER, { HTTPS_PROXY: text })).not.toThrow(/secr/);
  });

  it.skipIf(!hasOpenssl())("carries a plan and an apply, and sees the host but not the key", async () => {
    const ica = await lab();
    const folder = mkdtempSync(join(tmpdir(), "icaform-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=ica.example.test", "-addext", "subjectAltName=DNS:ica.example.test"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-keyout", key, "-out", cert, ...subject], {
      stdio: "ignore",
    });
    const secure = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      socket.on("error", () => socket.destroy());
      const plain = dial(Number(new URL(ica.sim.url).port), "127.0.0.1");
      plain.on("error", () => socket.destroy());
      socket.pipe(plain).pipe(socket);
    });
    const { port, asked, passed } = await proxyTo(await listening(secure));
    const env = {
      ICA_SERVER: SERVER.href,
      HTTPS_PROXY: `http://me:pass%20word@127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: cert,
    };
    const tree = treeOf({ "t.yaml": stack() + run("a") });
    for (const args of [["plan"], ["apply", "--auto-approve"]]) {
      const ran = await ica.icaform([...args, tree], { env });
      expect(ran.code, ran.stderr).toBe(0);
    }
    expect(ica.sim.analyses()).toHaveLength(1);
    for (const head of asked) {
      expect(head).toMatch(/^CONNECT ica\.example\.test:443 /);
      expect(head).toContain(`proxy-authorization: Basic ${Buffer.from("me:pass word").toString("base64")}`);
    }
    expect(passed()).toContain("ica.example.test");
    expect(passed() + asked.join("")).not.toContain(ica.sim.apiKey);
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
