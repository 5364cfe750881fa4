/**
 * `npm run bench -- decode`: tokens per second with a KV cache, by width and batch, prefill apart from decode. The MoE has
 * 8 experts, two for each token; the dense twin has as many parameters in *total*, so its feed-forward layer is as wide as
 * all experts together. Where the MoE is faster, it is for reading a quarter of those weights for each token.
 * `--rounds N` (7), `--clock cpu` for a busy machine, `--widths 64,128`, `--batches 1,4,16`, `--kernels NAME`.
 */
import { kernelName, useKernels, type KernelName } from "../../lib/kernels/index.js";
import { transformer, type ConfigInput } from "../../lib/models/index.js";
import { recyclingIntermediates } from "../../lib/nn/recycling.js";
import { noGrad } from "../../lib/tensor/autograd.js";
import { dim, fromArray } from "../../lib/tensor/create.js";
import type { Bar } from "./products/chart.js";
import { type Clock, interleaveTimed, pairedRatio, spread, timed } from "./measure.js";
import { experts, nanoGpt } from "./steps/recipes.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

const PROMPT = 32;
const TOKENS = 16;
/** Rounds before it counts: a token is many small calls, and V8 compiles them only after some hundred. */
const WARM_UP = 12;

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const name = (flags.get("kernels") ?? kernelName()) as KernelName;
  useKernels(name);
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const rounds = Number(flags.get("rounds") ?? 7);
  const list = (flag: string, otherwise: string): number[] => (flags.get(flag) ?? otherwise).split(",").map(Number);
  print(`decode, ${name} kernels; tokens/s by ${clock} clock; median (quartiles) of ${rounds} interleaved rounds`);
  const rows: BenchResult["rows"] = [];
  const bars: Bar[] = [];
  for (const d of list("widths", "64,128,256")) {
    const shared = { ...nanoGpt, dModel: d, dHidden: 4 * d };
    const twins = { dense: { ...shared, dHidden: 16 * d }, moe: { ...shared, ...experts } };
    for (const batch of list("batches", "1,4,16")) {
      const decoders = Object.values(twins).map((config) => decoder(config, batch));
      const times = await interleaveTimed(
        [
          ...decoders.map(({ prefill }) => timed("prefill", clock, prefill)),
          ...decoders.map(({ decode }) => timed("decode", clock, decode)),
        ],
        rounds,
        1,
        WARM_UP,
      );
      const speed = (i: number, tokens: number) => spread(times[i].map((ms) => (1000 * batch * tokens) / ms));
      const faster = pairedRatio(times[3], times[2]);
      for (const [i, model] of ["dense", "MoE"].entries())
        bars.push({ name: `D ${d}, batch ${batch}, ${model}`, value: speed(2 + i, TOKENS) });
      rows.push({
        dModel: d,
        batch,
        prefill: { dense: speed(0, PROMPT), moe: speed(1, PROMPT) },
        decode: { dense: speed(2, TOKENS), moe: speed(3, TOKENS) },
        moeTimesDense: faster,
      });
      print(
        `  D ${d}, batch ${batch}: prefill dense ${showSpread(speed(0, PROMPT), 0)}, MoE ${showSpread(speed(1, PROMPT), 0)}; ` +
          `decode dense ${showSpread(speed(2, TOKENS), 0)}, MoE ${showSpread(speed(3, TOKENS), 0)}: MoE ${showSpread(faster)} times as fast`,
      );
    }
  }
  return {
    suite: "decode",
    rows,
    chart: { title: "Decoding with a KV cache", unit: "tokens/s", bars },
    notes: [`kernels: ${name}`, `clock: ${clock}`, `prompt ${PROMPT}, then ${TOKENS}`],
  };
}

/** Prefill reads the prompt into fresh caches; decode then adds one token after the other. */
function decoder(config: ConfigInput, batch: number): { prefill: () => void; decode: () => void } {
  const model = transformer(config, { seed: 1 });
  const ids = (count: number) =>
    fromArray(
      Int32Array.from({ length: batch * count }, (_, i) => (i * 7) % config.vocabSize),
      [dim("B", batch), dim("T", count)],
      "int32",
    );
  const [prompt, one] = [ids(PROMPT), ids(1)];
  let caches = model.newCaches();
  const read = (what: typeof one): void =>
    noGrad(() => {
      recyclingIntermediates(
        model,
        () => void model.forward(what, { caches }),
        () => caches.flatMap((cache) => cache.tensors()),
      );
    });
  const prefill = (): void => {
    caches = model.newCaches();
    read(prompt);
  };
  const decode = (): void => {
    for (let i = 0; i < TOKENS; i++) read(one);
  };
  return { prefill, decode };
}
