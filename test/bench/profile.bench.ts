/**
 * `npm run bench -- profile`: where the time of one training step goes, on one thread: into which kernels, and into what JavaScript does
 * between them. Of the small recipe, its MoE twin and nanoGPT's recipe (`step` and `nanogpt` measure them against peers).
 * `--rounds N` (5), `--steps N` a round (8); `--record` writes docs/performance.md and its picture.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { kernelName, useKernels } from "../../lib/kernels/index.js";
import { tableOf, writePart } from "../../scripts/record/parts.mjs";
import { thisMachine } from "../../scripts/record/thisMachine.mjs";
import { root } from "../../scripts/setup/run.mjs";
import { spread } from "./measure.js";
import { stackedBars } from "./steps/stacked.js";
import { experts, nanoGpt, small, trainingStep } from "./steps/recipes.js";
import type { BenchOptions, BenchResult } from "./suite.js";

const recipes = {
  "small recipe": [small, 16],
  "its MoE twin": [{ ...small, ...experts }, 16],
  "nanoGPT's recipe": [nanoGpt, 12],
} as const;

/** Kinds of work by the names of exports (kernels/src). */
const KINDS: readonly { readonly kind: string; readonly of: RegExp }[] = [
  { kind: "products", of: /^(matmul|grouped_rows|grouped_outer)$/ },
  { kind: "attention", of: /^attention/ },
  { kind: "activations", of: /^(gelu|gelu_tanh|relu|silu|squared_relu|tanh|sigmoid|exp|log)_(forward|backward)$/ },
  { kind: "norms", of: /^norm/ },
  { kind: "softmax and loss", of: /^(softmax|cross_entropy)/ },
  { kind: "sums, biases, residuals", of: /^(add|sub|mul|div|scale|column_sums|column_dots)$/ },
  { kind: "rows of tokens and experts", of: /^(gather_rows|scatter_add_rows|combine|combine_backward|combine_weights_backward|top_k)$/ },
  { kind: "Adam and clipping", of: /^(adam|sum_squares)$/ },
]; // prettier-ignore
const REST = "JavaScript between them";
const kinds = [...KINDS.map(({ kind }) => kind), REST];

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const [rounds, steps] = [Number(flags.get("rounds") ?? 5), Number(flags.get("steps") ?? 8)];
  const spent = new Map<string, number>();
  const name = kernelName();
  timeExports(spent, () => useKernels(name));
  const profiles: { recipe: string; ms: Map<string, number>; calls: number }[] = [];
  for (const [recipe, [config, batchSize]] of Object.entries(recipes)) {
    const step = trainingStep(config, batchSize);
    for (let i = 0; i < 2 * steps; i++) step.run();
    const taken: Map<string, number>[] = [];
    let calls = 0;
    for (let round = 0; round < rounds; round++) {
      spent.clear();
      const start = performance.now();
      for (let i = 0; i < steps; i++) step.run();
      const whole = (performance.now() - start) / steps;
      calls = (spent.get("calls") ?? 0) / steps;
      spent.delete("calls");
      const ms = new Map([...spent].map(([kind, total]) => [kind, total / steps]));
      const known = [...ms.values()].reduce((sum, one) => sum + one, 0);
      taken.push(ms.set(REST, whole - known));
    }
    const medians = kinds.map((kind) => [kind, spread(taken.map((ms) => ms.get(kind) ?? 0)).median] as const);
    profiles.push({ recipe, ms: new Map(medians), calls });
  }
  const total = ({ ms }: (typeof profiles)[number]): number => [...ms.values()].reduce((sum, one) => sum + one, 0);
  print(`profile, ${name} kernels, one thread; ms a step, medians of ${rounds} rounds of ${steps} steps`);
  const cells = (kind: string): string[] =>
    profiles.map((one) => `${one.ms.get(kind)!.toFixed(1)} (${((100 * one.ms.get(kind)!) / total(one)).toFixed(0)} %)`);
  const table = [
    ...kinds.map((kind) => [kind, ...cells(kind)]),
    ["in all", ...profiles.map((one) => total(one).toFixed(1))],
    ["calls of kernels", ...profiles.map(({ calls }) => calls.toFixed(0))],
  ];
  for (const [what, ...values] of table)
    print(`  ${what.padEnd(30)} ${values.map((value) => value.padStart(14)).join("")}`);
  const bars = profiles.flatMap(({ recipe, ms }) => [...ms].map(([kind, value]) => ({ name: recipe, kind, value })));
  if (flags.has("record")) {
    const { cpu, node, commit, date } = thisMachine();
    const how = `\`npm run bench -- profile${Number(node.slice(1).split(".")[0]) >= 24 ? " --node24" : ""} --record\` on ${date}, commit ${commit}: ${cpu}, Node ${node}, ${name} kernels, one thread; ms a step.`;
    const title = "One training step by kind of work";
    writeFileSync(
      path.join(root, "docs/step.svg"),
      stackedBars(title, `ms · ${cpu} · Node ${node} · ${date}`, kinds, bars).svg(),
    );
    const text = `${how}\n\n![${title}; the table below has its numbers](step.svg)\n\n${tableOf(["kind of work", ...Object.keys(recipes)], table)}`;
    await writePart("docs/performance.md", "profile", text);
  }
  return { suite: "profile", rows: bars, notes: [`kernels: ${name}`] };
}

/** Every export of the modules that `load` makes adds its milliseconds to its kind, and counts its calls. */
function timeExports(spent: Map<string, number>, load: () => void): void {
  const { Instance } = WebAssembly;
  const add = (key: string, by: number): void => void spent.set(key, (spent.get(key) ?? 0) + by);
  const timed = (name: string, kernel: (...numbers: number[]) => unknown): typeof kernel => {
    const { kind } = KINDS.find(({ of }) => of.test(name)) ?? { kind: REST };
    if (kind === REST) return kernel;
    return (...numbers) => {
      const start = performance.now();
      const result = kernel(...numbers);
      add(kind, performance.now() - start);
      add("calls", 1);
      return result;
    };
  };
  WebAssembly.Instance = class {
    readonly exports: WebAssembly.Exports;
    constructor(...given: ConstructorParameters<typeof Instance>) {
      const { exports } = new Instance(...given);
      const all = Object.entries(exports).map(([name, one]) => [
        name,
        typeof one === "function" ? timed(name, one as (...numbers: number[]) => unknown) : one,
      ]);
      this.exports = Object.fromEntries(all) as WebAssembly.Exports;
    }
  };
  try {
    load();
  } finally {
    WebAssembly.Instance = Instance;
  }
}
