/**
 * `npm run bench -- nanogpt --text FILE`: nanoGPT's recipe for a CPU, and the same with each feed-forward layer replaced by
 * eight experts of half its width, two per token. FILE is Tiny Shakespeare for the figures that others publish; without
 * --text it is Moby Dick, and no loss counts as reached.
 * `--steps N` (2000), `--seeds N` (1), `--only dense|moe`, `--torch no` leaves out the same training in PyTorch.
 * Recipe: https://github.com/karpathy/nanoGPT (config/train_shakespeare_char.py, "I only have a macbook").
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fromText, mobyDick, type Corpus } from "../../lib/data/index.js";
import { counter, kernelName, resetCounter } from "../../lib/kernels/index.js";
import { countParameters, transformer, type ConfigInput } from "../../lib/models/index.js";
import { loadCV } from "../../lib/moe/index.js";
import { train } from "../../lib/train/index.js";
import { spread } from "./measure.js";
import { pythonWith } from "./peers/python.js";
import { nanoGpt } from "./steps/recipes.js";
import type { BenchOptions, BenchResult } from "./suite.js";

const { vocabSize: _, ...block } = nanoGpt; // of the text
/** The highest validation loss that counts as reached, for 2,000 steps on Tiny Shakespeare. */
const models: Record<string, { config: Omit<ConfigInput, "vocabSize">; must: number }> = {
  dense: { config: block, must: 1.91 },
  moe: { config: { ...block, nExpert: 8, topK: 2, dExpert: 256, balance: 0.01 }, must: 1.85 },
};
/** Its length in characters. */
const TINY_SHAKESPEARE = 1_115_394;
const recipe = {
  batchSize: 12,
  lr: 1e-3,
  minLr: 1e-4,
  warmup: 100,
  betas: [0.9, 0.99],
  weightDecay: 0.1,
  clip: 1,
} as const;

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const text = flags.get("text");
  const corpus = text ? await fromText(path.resolve(text)) : await mobyDick();
  const steps = Number(flags.get("steps") ?? 2000);
  const seeds = Number(flags.get("seeds") ?? 1);
  const only = flags.get("only");
  if (only && !(only in models))
    throw new Error(`nanogpt --only takes ${Object.keys(models).join(" or ")}, got "${only}"`);
  print(`nanogpt, ${kernelName()} kernels; ${steps} steps on ${corpus.name}, ${corpus.tokenizer.vocabSize} characters`);
  // The losses to reach were set for this text and length.
  const judged = steps === 2000 && corpus.train.length + corpus.validation.length === TINY_SHAKESPEARE;
  const rows: BenchResult["rows"] = [];
  for (const name of only ? [only] : Object.keys(models)) {
    const runs = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await trainOne(name, corpus, steps, seed, print));
    const losses = spread(runs.map((r) => r.valLoss));
    const { must } = models[name];
    rows.push(...runs, {
      model: name,
      medianValLoss: losses.median,
      must,
      reached: judged ? losses.median <= must : null,
    });
    if (judged && losses.median > must) process.exitCode = 1;
    print(
      `${name}: median validation loss of ${seeds} seed(s) ${losses.median.toFixed(4)}${judged ? `, must be at most ${must}: ${losses.median <= must ? "reached" : "MISSED"}` : ""}`,
    );
  }
  if (text && flags.get("torch") !== "no" && only !== "moe") rows.push(...torch(path.resolve(text), steps, print));
  return { suite: "nanogpt", rows };
}

async function trainOne(name: string, corpus: Corpus, steps: number, seed: number, print: (line: string) => void) {
  const model = transformer({ ...models[name].config, vocabSize: corpus.tokenizer.vocabSize }, { seed });
  const { total, active } = countParameters(model);
  resetCounter();
  let trained = { wasm: 0, typescript: 0 };
  const late: number[][][] = [];
  for await (const row of train(model, corpus, { name, steps, ...recipe, seed })) {
    // The last row's counts include the evaluation; the share is of training alone.
    if (row.valLoss === null) trained = { wasm: counter.wasmFlops, typescript: counter.typescriptFlops };
    if (row.load && row.step > steps - 100) late.push(row.load);
    if (row.step % Math.max(1, Math.floor(steps / 10)) === 0 || row.step === steps) {
      const val = row.valLoss === null ? "" : `, validation ${row.valLoss.toFixed(4)}`;
      print(
        `  ${name} seed ${seed} step ${row.step}: loss ${row.loss.toFixed(3)}${val}, ${((1000 * row.seconds) / row.step).toFixed(0)} ms a step`,
      );
    }
    if (row.valLoss !== null) {
      const wasmShare = trained.wasm / (trained.wasm + trained.typescript);
      const loadCv = late[0]?.map((_, layer) =>
        Number(loadCV(late[0][layer].map((_, e) => late.reduce((sum, load) => sum + load[layer][e], 0))).toFixed(3)),
      );
      print(
        `  ${name}: ${total.toLocaleString("en")} parameters, ${active.toLocaleString("en")} active; ${row.seconds.toFixed(0)} s; ${(100 * wasmShare).toFixed(1)} % of training's matmul FLOPs in WebAssembly${loadCv ? `; load CV by layer ${loadCv.join(" ")}` : ""}`,
      );
      return {
        model: name,
        seed,
        total,
        active,
        steps,
        valLoss: row.valLoss,
        seconds: row.seconds,
        msPerStep: (1000 * row.seconds) / steps,
        wasmShare,
        loadCv: loadCv?.join(" ") ?? null,
      };
    }
  }
  throw new Error(`nanogpt: --steps ${steps} trains nothing`);
}

/** The dense recipe in PyTorch on one thread, where a Python with torch is found (PYTHON names another than python3). */
function torch(text: string, steps: number, print: (line: string) => void): BenchResult["rows"] {
  const python = pythonWith("torch", print);
  if (python === null) return [];
  const script = fileURLToPath(new URL("peers/nanogpt_torch.py", import.meta.url));
  const result = spawnSync(python, [script, text, String(steps)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (result.status !== 0) throw new Error("nanogpt_torch.py failed; see its message above");
  const row = JSON.parse(result.stdout) as { model: string; valLoss: number; seconds: number; msPerStep: number };
  print(
    `  ${row.model}: validation ${row.valLoss.toFixed(4)}, ${row.seconds.toFixed(0)} s, ${row.msPerStep.toFixed(0)} ms a step`,
  );
  return [row];
}
