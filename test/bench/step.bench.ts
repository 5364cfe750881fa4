/**
 * `npm run bench -- step`: one training step (forward, backward, Adam) of a small transformer, against jax-js and PyTorch on
 * one thread where Python has it; and ours on all cores. 16 blocks of 64 tokens, D 64, 4 layers, 4 heads, F 256, GELU by tanh.
 * `--rounds N` (9), `--steps N` a round (4), `--clock cpu` for a busy machine, `--kernels NAME`, `--peers no`.
 */
import {
  counter,
  kernelName,
  piecesByThread,
  resetCounter,
  useKernels,
  useThreads,
  type KernelName,
} from "../../lib/kernels/index.js";
import { mostThreads } from "../../lib/kernels/threads/node.js";
import { type Clock, interleaveTimed, pairedRatio, spread, timed, type TimedContender } from "./measure.js";
import { jaxStep } from "./peers/jax.js";
import { pythonWith } from "./peers/python.js";
import { torchStep } from "./peers/torch.js";
import { small, trainingStep } from "./steps/recipes.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

const BATCH = 16;

export const peers = true;

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const name = (flags.get("kernels") ?? kernelName()) as KernelName;
  useKernels(name);
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const [rounds, steps] = [Number(flags.get("rounds") ?? 9), Number(flags.get("steps") ?? 4)];
  const withPeers = flags.get("peers") !== "no";

  let start = performance.now();
  const ours = trainingStep(small, BATCH);
  ours.run();
  const firsts: Record<string, number> = { ours: performance.now() - start };
  resetCounter();
  ours.run();
  const { wasmFlops, typescriptFlops } = counter;
  const contenders: TimedContender[] = [timed("ours", clock, ours.run)];
  const threads = mostThreads();
  if (threads > 1) contenders.push(onThreads(threads, timed(`ours, ${threads} threads`, clock, ours.run)));
  const hasIteratorHelpers = "Iterator" in globalThis;
  if (withPeers && !hasIteratorHelpers) print("jax-js: needs Node 22 or newer, so it is not compared (--node24)");
  if (withPeers && hasIteratorHelpers) {
    start = performance.now();
    const jax = await jaxStep(small, BATCH, ours);
    jax();
    firsts["jax-js"] = performance.now() - start;
    contenders.push(timed("jax-js", clock, jax));
  }
  const python = withPeers ? pythonWith("torch", print) : null;
  const torch = python ? torchStep(python, { ...small, batchSize: BATCH }, clock) : null;
  if (torch) contenders.push(torch);
  const times = await interleaveTimed(contenders, rounds, steps);
  torch?.stop();

  print(`step, ${name} kernels; ms a step by ${clock} clock; median (quartiles) of ${rounds} interleaved rounds`);
  print(
    `${((wasmFlops + typescriptFlops) / 1e9).toFixed(2)} GFLOP of matmul a step, ${((100 * wasmFlops) / (wasmFlops + typescriptFlops)).toFixed(1)} % of it in WebAssembly`,
  );
  const rows = contenders.map(({ name: contender }, i) => {
    const [ms, ratio] = [spread(times[i]), pairedRatio(times[0], times[i])];
    const first = firsts[contender] ?? null;
    print(
      `  ${contender.padEnd(15)} ${showSpread(ms, 1).padEnd(22)} ${showSpread(ratio)} times ours${first ? `; first step after ${first.toFixed(0)} ms` : ""}`,
    );
    return { contender, msPerStep: ms, timesOurs: ratio, firstMs: first };
  });
  const pieces = piecesByThread();
  if (threads > 1) print(`  pieces of work that further threads computed, each: ${pieces.join(", ")}`);
  const bars = rows.map(({ contender, msPerStep }) => ({ name: contender, value: msPerStep }));
  return {
    suite: "step",
    chart: { title: "One training step", unit: `ms by ${clock} clock, ${name} kernels`, bars },
    rows: [...rows, { contender: "ours", wasmShare: wasmFlops / (wasmFlops + typescriptFlops) }],
    notes: [
      `kernels: ${name}`,
      `pieces by further threads: ${pieces.join(", ")}`,
      `clock: ${clock}`,
      `rounds: ${rounds} of ${steps} steps`,
    ],
  };
}

/** The same with more threads than the one that all others have. */
const onThreads = (count: number, contender: TimedContender): TimedContender => ({
  name: contender.name,
  async time(repeats) {
    useThreads(count);
    try {
      return await contender.time(repeats);
    } finally {
      useThreads(1);
    }
  },
});
