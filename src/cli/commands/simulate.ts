/**
 * Hands over to the simulator, which is a bundle of its own: it shares no code with the client, so that it can catch
 * the client's mistakes. Its file stands beside this command's.
 */
export async function simulate(flags: readonly string[]): Promise<number> {
  const location = new URL("./simulator.js", import.meta.url).href;
  const simulator = (await import(location)) as { main(flags: readonly string[]): Promise<number> };
  return await simulator.main(flags);
}
