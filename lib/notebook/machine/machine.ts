/** What this machine should be able to do by its own figures, beside what it does: the twins, measured. */

import { checkIntegers, checkNumbers, checkObject } from "../../config/options.js";
import type { ConfigInput } from "../../config/model.js";
import { account, weightBytes } from "../../account/index.js";
import { besideBound, type BesideBound, type Phase } from "../../cost/index.js";
import { kernelName, threadCount } from "../../kernels/index.js";
import { type Contender, contenders } from "../../train/labs/comparison.js";
import type { WorkPart } from "../../moe/moe.js";
import type { Rounds } from "./clock.js";
import { deviceFrom, peakFlops, type ReadSpeed, readSpeeds } from "./device.js";
import { measureSteps, type StepsRow } from "./measure.js";

export interface MachineOptions extends Rounds {
  /** Of the mixture; the dense models are made from it, see `contenders`. Default: 4 layers of width 512, 8 experts of which 2 work, with
   *  as many active parameters as a feed-forward layer of width 2,048. */
  model?: ConfigInput;
  /** Texts at the same time. Default [1, 4, 16]. */
  batches?: readonly number[];
  /** Tokens of the prompt that is read. Default 64. */
  prompt?: number;
  /** Tokens that are written after it, an odd number. Default 9. */
  tokens?: number;
  /** Sizes of the square products that the peak is taken from. Default [256, 384, 512]. */
  products?: readonly number[];
}

/** One model, phase and batch: tokens per second at most, as measured (median), and the ratio of both. */
export interface MachineRow extends BesideBound {
  readonly model: Contender;
}

/** Where a step's time went: of the run with the median time, so that the shares sum to 1. */
export interface PartRow {
  readonly model: Contender;
  readonly phase: Phase;
  readonly batch: number;
  /** As `workParts`; "rest" is what lies between them. */
  readonly part: WorkPart | "rest";
  readonly seconds: number;
  readonly share: number;
}

export interface Machine {
  readonly kernels: string;
  readonly threads: number;
  /** FLOPs a second of our own kernels, at most. */
  readonly peak: number;
  /** Bytes a second, for each model's bytes of weights: a model is bounded by the speed at which so many bytes are read. */
  readonly reads: readonly (ReadSpeed & { readonly model: Contender })[];
  readonly config: ConfigInput;
  readonly prompt: number;
  readonly tokens: number;
  readonly rows: readonly MachineRow[];
  readonly parts: readonly PartRow[];
}

const MODEL: ConfigInput = {
  vocabSize: 512,
  blockSize: 128,
  nLayer: 4,
  nHead: 8,
  dModel: 512,
  dHidden: 2048,
  nExpert: 8,
  topK: 2,
};

/** Measures what our kernels compute and read at most, bounds the MoE twin and both dense models by that (`bound`), and times them: prefill and
 *  decode, by batch, and where the time of each step goes. About two minutes; the fewer other programs run, the better.
 *  Throws a RangeError for a model without experts, and for texts that do not fit its blockSize.
 *  @param options.watch is told what is measured now
 *  @example
 *  ```ts
 *  import { machineText, measureMachine } from "twinformer/notebook";
 *
 *  console.log(machineText(await measureMachine({ seconds: 30 })));
 *  ```
 */
export async function measureMachine({
  watch = () => undefined,
  ...options
}: MachineOptions & { watch?: (what: string) => void } = {}): Promise<Machine> {
  const { model: config, batches, prompt, tokens, products, ...rounds } = checked(options);
  const models = contenders(config, 1);
  const names = Object.keys(models) as Contender[];
  const counted = names.map((name) => account({ model_type: "twinformer", ...models[name].config }));
  watch("how fast our kernels compute");
  const peak = await peakFlops(products, rounds);
  watch("how fast weights are read");
  const bytes = counted.map((model) => Math.round(weightBytes(model, "float32")));
  const speeds = await readSpeeds(bytes, { ...rounds, seconds: rounds.seconds / 20 });
  const reads = speeds.map((speed, i) => ({ model: names[i], ...speed }));

  watch(
    `${names.length * batches.length * 2} kinds of steps, ${rounds.rounds} times each, at most ${rounds.seconds} s`,
  );
  const phases = ["prefill", "decode"] as const;
  const times = await measureSteps(models, { phases, batches, prompt, tokens, ...rounds });
  const rows: MachineRow[] = [];
  const parts: PartRow[] = [];
  for (const { phase, batch, ...time } of times) {
    const i = names.indexOf(time.model as Contender);
    const step = { phase, batch, context: phase === "prefill" ? prompt : prompt + (tokens + 1) / 2 };
    const options = { ...step, dtype: "float32", kvDtype: "float32" } as const;
    const which = { model: names[i], phase, batch };
    rows.push({ ...which, ...besideBound(counted[i], deviceFrom(peak, speeds[i]), options, time.seconds) });
    parts.push(...partRows(which, time));
  }
  return { kernels: kernelName(), threads: threadCount(), peak, reads, config, prompt, tokens, rows, parts };
}

/** The parts that took any time. */
const partRows = (
  which: Pick<PartRow, "model" | "phase" | "batch">,
  { seconds, parts }: Pick<StepsRow, "seconds" | "parts">,
): PartRow[] =>
  (Object.entries(parts) as [PartRow["part"], number][])
    .filter(([, took]) => took !== 0)
    .map(([part, took]) => ({ ...which, part, seconds: took, share: took / seconds }));

function checked(options: MachineOptions): Required<MachineOptions> {
  checkObject("measureMachine", "the options", options);
  const { model = MODEL, batches = [1, 4, 16], prompt = 64, tokens = 9, products = [256, 384, 512] } = options;
  const { rounds = 7, seconds = 120 } = options;
  for (const batch of batches) checkIntegers("measureMachine", { batches: batch }, { from: 1 });
  for (const size of products) checkIntegers("measureMachine", { products: size }, { from: 1 });
  checkIntegers("measureMachine", { prompt, tokens, rounds }, { from: 1 });
  checkNumbers("measureMachine", { seconds }, { above: 0 });
  if (tokens % 2 === 0)
    throw new RangeError(`measureMachine: tokens must be odd, so that one is in the middle, got ${tokens}`);
  if (model.nExpert === 0) throw new RangeError("measureMachine: model must have experts, got nExpert 0");
  if (prompt + tokens > model.blockSize)
    throw new RangeError(
      `measureMachine: prompt and tokens must fit the model's blockSize ${model.blockSize}, got ${prompt + tokens}`,
    );
  return { model, batches, prompt, tokens, products, rounds, seconds };
}
