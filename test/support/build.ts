import { bundle } from "../../src/build/bundle.ts";

/** Builds `dist/` once before all tests, so that they run what the sources say. */
export default async function setup(): Promise<void> {
  await bundle();
}
