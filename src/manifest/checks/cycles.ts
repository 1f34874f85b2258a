import type { Declarations, DeclaredRun } from "../declare.ts";
import type { Finding } from "../finding.ts";
import { show } from "../show.ts";
import { dependenciesOf } from "./references.ts";

/** At most so many runs of a cycle are named. */
const MOST_NAMED = 10;

interface Dependency {
  name: string;
  path: (string | number)[];
}

interface Step {
  run: DeclaredRun;
  dependencies: Dependency[];
  next: number;
}

/**
 * No run waits for itself, over however many others. Each cycle that the search closes is told once, at the dependency
 * that closes it; the search keeps its own stack, because a chain of 10,000 runs would exhaust the call stack.
 */
export function* checkCycles({ runs }: Declarations): Generator<Finding> {
  const byName = new Map(runs.map((run) => [run.name, run]));
  const done = new Set<string>();
  for (const start of runs) {
    if (done.has(start.name)) continue;
    const chain: Step[] = [stepOf(start)];
    const depth = new Map([[start.name, 0]]);
    for (let top = chain.at(-1); top !== undefined; top = chain.at(-1)) {
      const dependency = top.dependencies[top.next++];
      if (dependency === undefined) {
        done.add(top.run.name);
        depth.delete(top.run.name);
        chain.pop();
        continue;
      }
      const from = depth.get(dependency.name);
      if (from !== undefined) yield cycle(top.run, chain.slice(from), dependency);
      const run = byName.get(dependency.name);
      if (from !== undefined || run === undefined || done.has(run.name)) continue;
      depth.set(run.name, chain.length);
      chain.push(stepOf(run));
    }
  }
}

function stepOf(run: DeclaredRun): Step {
  return { run, dependencies: dependenciesOf(run), next: 0 };
}

function cycle(on: DeclaredRun, steps: readonly Step[], closing: Dependency): Finding {
  const names = steps.map(({ run }) => run.name);
  const shown = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), "…"] : names;
  const ring = [...shown, closing.name].map((name) => (name === "…" ? name : show(name))).join(" → ");
  return {
    on,
    path: closing.path,
    code: "dependency-cycle",
    message: `these runs wait for each other: ${ring}`,
    help: "remove one of these dependencies",
  };
}
