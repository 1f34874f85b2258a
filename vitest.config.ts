import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { validatorsVitePlugin } from "./src/build/validators.ts";

export default defineConfig({
  plugins: [validatorsVitePlugin()],
  test: {
    include: ["test/**/*.test.ts"],
    // The tests of the command run the bundle, as users do.
    globalSetup: ["test/support/build.ts"],
    testTimeout: 60_000,
    // Tests mostly wait for processes and sockets: one worker a core, also on two.
    maxWorkers: availableParallelism(),
    // Real processes on two busy cores: a second try in CI tells a slow machine from a broken promise.
    retry: process.env.CI ? 1 : 0,
  },
});
