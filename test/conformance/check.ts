import { requestChecker } from "./check-request.ts";
import { responseChecker } from "./check-response.ts";
import type { Exchange, Finding, Violation } from "./exchange.ts";
import type { Description } from "./openapi.ts";
import { pathResolver } from "./paths.ts";
import { examiner } from "./schema.ts";

export interface Checked {
  /** Id of the operation; undefined where the description has none. */
  operation: string | undefined;
  violations: Violation[];
}

export type Check = (exchange: Exchange) => Checked;

/** Holds exchanges against a description. Pure but for the schemas that it keeps compiled. */
export function checker(description: Description): Check {
  const resolve = pathResolver(description);
  const examine = examiner(description);
  const requests = requestChecker(description, examine);
  const responses = responseChecker(description, examine);
  return (exchange) => {
    if (isPreflight(exchange)) return { operation: undefined, violations: [] };
    const path = exchange.target.split("?")[0] ?? "";
    const found = resolve(exchange.method, path);
    const { operation } = found;
    const name = operation?.id ?? `${exchange.method} ${path}`;
    const request =
      "parameters" in found ? requests(found.operation, found.parameters, exchange) : [stray(found.methods)];
    const located = (findings: Finding[], direction: Violation["direction"]): Violation[] =>
      findings.map((finding) => ({ operation: name, direction, ...finding }));
    return {
      operation: operation?.id,
      violations: [...located(request, "request"), ...located(responses(operation, exchange), "response")],
    };
  };
}

function stray(methods: readonly string[]): Finding {
  if (methods.length === 0) return { rule: "path", pointer: "path", message: "is not declared" };
  return { rule: "method", pointer: "method", message: `is none of ${methods.join(", ")}` };
}

/** A browser's question about cross-origin requests belongs to HTTP, not to any operation. */
function isPreflight({ method, headers }: Exchange): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
