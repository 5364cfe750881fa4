import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import type { Machine } from "../../lib/notebook/index.js";

const root = path.resolve(import.meta.dirname, "../..");
const machine = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", "scripts/machine/main.ts", ...args], { cwd: root, encoding: "utf8" });

test("npm run machine measures, here tiny models, and says it as JSON", { timeout: 300_000 }, () => {
  const { stdout, status } = machine("--width", "8", "--batches", "1", "--rounds", "1", "--json");
  expect(status).toBe(0);
  const { rows, parts, ...made } = JSON.parse(stdout) as Machine & Record<string, unknown>;
  expect(rows).toHaveLength(6);
  expect(parts.length).toBeGreaterThan(rows.length);
  expect(Object.keys(made)).toEqual(expect.arrayContaining(["commit", "node", "machine", "load", "date", "kernels"]));
});

test("a wrong option is answered in one sentence", { timeout: 300_000 }, () => {
  const { stderr, status } = machine("--batches", "0");
  expect([status, stderr]).toEqual([1, "machine: measureMachine: batches must be an integer from 1, got 0\n"]);
});
