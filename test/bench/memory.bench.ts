/**
 * `npm run bench -- memory`: what a training step allocates, and whether it stays. Bytes of JavaScript garbage per step (by
 * `--expose-gc`, which the suite asks for in a process of its own), kernel memory and process memory at the beginning and end.
 * `--steps N` (300), `--kernels NAME`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { kernelName, useKernels, type KernelName } from "../../lib/kernels/index.js";
import { memoryUse } from "../../lib/kernels/memory.js";
import { small, trainingStep } from "./steps/recipes.js";
import type { BenchOptions, BenchResult } from "./suite.js";

const MIB = 1024 * 1024;

export function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const name = flags.get("kernels") ?? kernelName();
  const steps = flags.get("steps") ?? "300";
  const self = fileURLToPath(import.meta.url);
  const tsx = pathToFileURL(fileURLToPath(import.meta.resolve("tsx"))).href;
  const child = spawnSync(process.execPath, ["--expose-gc", "--import", tsx, self, name, steps], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`the measuring process failed: ${child.stderr}`);
  const row = JSON.parse(child.stdout) as Record<string, number>;
  print(`memory, ${name} kernels; ${steps} training steps`);
  print(
    `  ${(row.garbagePerStep / 1024).toFixed(0)} kB of JavaScript objects a step; kernel memory ${row.linearStart.toFixed(1)} MiB, at the end ${row.linearEnd.toFixed(1)}; process ${row.processStart.toFixed(0)} MiB, at the end ${row.processEnd.toFixed(0)}`,
  );
  return Promise.resolve({ suite: "memory", rows: [row], notes: [`kernels: ${name}`] });
}

function measure(steps: number): Record<string, number> {
  const { run } = trainingStep(small, 16);
  for (let i = 0; i < 50; i++) run();
  const now = () => {
    globalThis.gc!();
    return { linear: memoryUse().linearBytes / MIB, process: process.memoryUsage.rss() / MIB };
  };
  const start = now();
  // Few enough steps that no collection falls between: what the heap grew by is what they allocated.
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 5; i++) run();
  const garbagePerStep = (process.memoryUsage().heapUsed - before) / 5;
  for (let i = 5; i < steps; i++) run();
  const end = now();
  return {
    garbagePerStep,
    linearStart: start.linear,
    linearEnd: end.linear,
    processStart: start.process,
    processEnd: end.process,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  useKernels(process.argv[2] as KernelName);
  console.log(JSON.stringify(measure(Number(process.argv[3]))));
}
