/**
 * `npm run bench -- moe`: the training step of nanoGPT's recipe, dense against its MoE twin of equal active parameters
 * (8 experts of half the width, two for each token).
 * `--rounds N` (9), `--steps N` a round (2), `--clock cpu` for a busy machine, `--kernels NAME`.
 */
import { counter, kernelName, resetCounter, useKernels, type KernelName } from "../../lib/kernels/index.js";
import { type Clock, interleaveTimed, pairedRatio, spread, timed } from "./measure.js";
import { experts, nanoGpt, trainingStep } from "./steps/recipes.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

const BATCH = 12;

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const name = (flags.get("kernels") ?? kernelName()) as KernelName;
  useKernels(name);
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const [rounds, steps] = [Number(flags.get("rounds") ?? 9), Number(flags.get("steps") ?? 2)];
  const models = { dense: nanoGpt, moe: { ...nanoGpt, ...experts } };
  const contenders = Object.entries(models).map(([model, config]) => {
    const { run } = trainingStep(config, BATCH);
    run();
    resetCounter();
    run();
    const { wasmFlops, typescriptFlops, calls } = counter;
    return { ...timed(model, clock, run), wasmFlops, typescriptFlops, calls };
  });
  const times = await interleaveTimed(contenders, rounds, steps);
  print(`moe, ${name} kernels; ms a step by ${clock} clock; median (quartiles) of ${rounds} interleaved rounds`);
  const rows = contenders.map(({ name: model, wasmFlops, typescriptFlops, calls }, i) => {
    const [ms, ratio] = [spread(times[i]), pairedRatio(times[0], times[i])];
    print(
      `  ${model.padEnd(6)} ${showSpread(ms, 1).padEnd(22)} ${showSpread(ratio)} times dense; ${((wasmFlops + typescriptFlops) / 1e9).toFixed(2)} GFLOP in ${calls} products`,
    );
    return { model, msPerStep: ms, timesDense: ratio, wasmShare: wasmFlops / (wasmFlops + typescriptFlops), calls };
  });
  const bars = rows.map(({ model, msPerStep }) => ({ name: model, value: msPerStep }));
  const chart = {
    title: "One training step, equal active parameters",
    unit: `ms by ${clock} clock, ${name} kernels`,
    bars,
  };
  return { suite: "moe", rows, chart, notes: [`kernels: ${name}`, `clock: ${clock}`] };
}
