import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { V3 } from "./ask.ts";
import { type Check, checker } from "./check.ts";
import { hasDescription, loadDescription } from "./openapi.ts";
import { EXPECT, startProxy } from "./proxy.ts";
import { type Recorded, recordExchanges } from "./recorded.ts";
import { answered } from "./spoil.ts";
import { REQUESTS } from "./spoilt-requests.ts";
import { RESPONSES } from "./spoilt-responses.ts";

describe.runIf(hasDescription)("the conformance check", () => {
  let check: Check;
  let recorded: Recorded;
  beforeAll(async () => {
    check = checker(loadDescription());
    recorded = await recordExchanges();
  });

  it("finds nothing in what is right", () => {
    for (const exchange of Object.values(recorded)) expect(check(exchange).violations).toEqual([]);
  });

  it.each([...REQUESTS, ...RESPONSES])("catches %s (%s)", (_what, from, spoil, expected) => {
    const exchange = recorded[from];
    const { violations } = check({ ...exchange, ...spoil(exchange) });
    const found = violations.map(({ direction, rule, pointer }) => ({ direction, rule, pointer }));
    expect(found).toContainEqual(expected);
    // A body in another version differs in many fields; everything else is one mistake and one violation.
    if (!from.startsWith("put")) expect(found.filter((one) => one.direction === expected.direction)).toHaveLength(1);
  });

  it("lets answers have fields that are not declared, as analysisData once was", () => {
    const { violations } = check({
      ...recorded.list,
      ...answered((list) => ({ ...list, analysisData: [] }))(recorded.list),
    });
    expect(violations).toEqual([]);
  });

  it("checks the request of an exchange that was cut, and passes over a preflight", () => {
    expect(check({ ...recorded.list, answer: undefined }).violations).toEqual([]);
    const cut = { ...recorded.list, answer: undefined, target: `${recorded.list.target}&x=1` };
    expect(check(cut).violations).toHaveLength(1);
    const asked = { origin: "https://lab.example.org", "access-control-request-method": "GET" };
    expect(check({ ...recorded.list, method: "OPTIONS", headers: asked }).violations).toEqual([]);
  });

  it("sits between a client and a lying server, and passes every byte on", async () => {
    const lie = JSON.stringify({ items: [], analysisData: [], nextPageToken: 7 });
    const server = createServer((_incoming, outgoing) =>
      outgoing.writeHead(202, { "content-type": V3, "x-lie": "1" }).end(lie),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ica/rest`, check);
    onTestFinished(async () => {
      await proxy.close();
      server.close();
    });
    const ask = (query: string, extra: Record<string, string> = {}) =>
      fetch(`${proxy.url}/api/projects${query}`, { headers: { accept: V3, "x-api-key": "k", ...extra } });
    const given = await ask("?pageSize=1&colour=red");
    expect([given.status, given.headers.get("x-lie"), await given.text()]).toEqual([202, "1", lie]);
    const rules = () => proxy.violations.map(({ operation, rule, pointer }) => [operation, rule, pointer]);
    const lied = ["getProjects", "status", "202"];
    expect(rules()).toEqual([["getProjects", "query", "colour"], lied]);
    // What is broken on purpose is none, but it is if it is not broken.
    await ask("?colour=red", { [EXPECT]: "query" });
    expect(rules().slice(2)).toEqual([lied]);
    await ask("", { [EXPECT]: "query" });
    expect(rules().slice(3)).toEqual([lied, ["GET /ica/rest/api/projects", "expected", "query"]]);
    expect(proxy.coverage.get("getProjects")).toEqual({ count: 3, statuses: new Set([202]) });
  });
});
