/** `PipelineRun/wgs-NA12878`: how a declared thing is named in plans, on the command line and in `dependsOn`. */
export type Address = `${string}/${string}`;

export function address(kind: string, name: string): Address {
  return `${kind}/${name}`;
}

/** Splits an address at its first slash; undefined when there is none or a side is empty. */
export function parseAddress(text: string): { kind: string; name: string } | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { kind: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** Code-unit order, so that a plan reads the same under every locale. */
export function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
