import { defineConfig } from "vitest/config";

/** Several kinds of tests, since they need different things: `unit` only the sources, `package` the packed tarball (and the network
 *  on its first run), `notebooks` the executed notebooks in build/notebooks, `browser` a Chromium, `bench` the peers of the benches (which its first run installs). `npm test` runs each in its
 *  turn; `npx vitest --project unit` watches. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{notebooks,browser,bench,launcher,package}/**"],
          setupFiles: "test/seed.ts",
          // A memory that threads share is never detached, and many tests detach it to find views that are used too late.
          env: { TWINFORMER_THREADS: "1" },
          testTimeout: 60_000, // generous, here and below: a busy machine is no failure
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "launcher",
          include: ["test/launcher/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "package",
          include: ["test/package/*.test.ts"],
          globalSetup: "test/package/setup.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "notebooks",
          include: ["test/notebooks/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "bench",
          include: ["test/bench/*.test.ts"],
          testTimeout: 600_000, // may have to install the peers
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          setupFiles: "test/seed.ts",
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          maxConcurrency: 3, // pages at once
        },
      },
    ],
  },
});
