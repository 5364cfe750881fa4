/** How much a text uses each expert of a mixture, or each hidden feature of a dense model. */

import { checkIntegers, checkNumbers } from "../../config/options.js";
import { checkIsCorpus, type Corpus, type Split } from "../../data/corpus.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import { dispatch, planByExpert } from "../../moe/dispatch.js";
import { MoE } from "../../moe/moe.js";
import { FeedForward, gatedUnit, activationNamed } from "../../nn/feedForward.js";
import { evaluating } from "../../nn/module.js";
import { noGrad } from "../../tensor/autograd.js";
import { reshape } from "../../tensor/ops/shape.js";
import { checkGenerator, type Generator } from "../../tensor/random.js";
import { read, type Tensor } from "../../tensor/tensor.js";

export interface UseOptions {
  /** Default "train": what is chosen by these numbers can then be tried on text that was held out. */
  split?: Split;
  /** Blocks of the text, from its start. Default 16. */
  blocks?: number;
}

/** One expert of one layer, on one text. */
export interface ExpertUse {
  /** 0 is the first. */
  layer: number;
  expert: number;
  /** Share of the assignments that it gets; of a layer, the shares sum to 1. */
  load: number;
  /** Its share of all weights that the router gives. */
  weight: number;
  /** Mean over its tokens of weight · length of its output; 0 where it has none. */
  output: number;
}

/** What each expert of each layer does for a text: L · E rows. The last number is the score by which REAP keeps experts.
 *  Sources: for `load` and `weight` Wang et al. 2024 (ESFT), §3.2, https://arxiv.org/abs/2407.01906, where they are the token selection ratio
 *  and the average gate score; for `output` Lasby et al. 2025 (REAP), https://arxiv.org/abs/2510.13999
 *  Throws for a dense model. */
export function expertUse(model: Transformer, corpus: Corpus, options: UseOptions = {}): ExpertUse[] {
  checkModel("expertUse", model);
  const { nLayer, nExpert } = model.config;
  if (nExpert === 0) throw new RangeError("expertUse needs a model with experts, got a dense one");
  const empty = (): ExpertUse[] =>
    Array.from({ length: nExpert }, (_, expert) => ({ layer: 0, expert, load: 0, weight: 0, output: 0 }));
  const sums = Array.from({ length: nLayer }, empty);
  eachLayer("expertUse", model, corpus, options, (layer, part, x) => {
    const { router, experts, toLatent } = part as MoE;
    const routing = router.forward(x);
    const plan = planByExpert(routing);
    const y = read(experts.forward(dispatch(toLatent?.forward(x) ?? x, plan), plan.starts).y);
    const weights = read(routing.weights);
    const width = y.length / Math.max(plan.order.length, 1);
    plan.order.forEach((assignment, row) => {
      const own = sums[layer][routing.experts[assignment]];
      own.load++;
      own.weight += weights[assignment];
      own.output += weights[assignment] * lengthOf(y.subarray(row * width, (row + 1) * width));
    });
  });
  return sums.flatMap((layer, at) => {
    const [loads, weights] = [totalOf(layer, "load"), totalOf(layer, "weight")];
    return layer.map(({ expert, load, weight, output }) => ({
      ...{ layer: at, expert, load: load / loads, weight: weight / weights },
      output: load > 0 ? output / load : 0,
    }));
  });
}

const totalOf = (rows: readonly ExpertUse[], by: "load" | "weight"): number =>
  rows.reduce((sum, row) => sum + row[by], 0);

/** Of each layer the experts with the largest numbers, in the order of the experts: [L][count]. Of equal ones the first.
 *  @param count of each layer  @param by which number */
export const mostUsed = (use: readonly ExpertUse[], count: number, by: keyof Ranked = "weight"): number[][] =>
  largest(
    layersOf(use).map((own) => own.map((row) => row[by])),
    count,
  );

/** Where the largest numbers of each list stand, in their order there: [L][count]. Of equal ones the first.
 *  @example
 *  largest([[0.1, 0.7, 0.2], [3, 1, 2]], 2); // => [[1, 2], [0, 2]] */
export function largest(lists: readonly (readonly number[])[], count: number): number[][] {
  checkIntegers("largest", { count }, { from: 1 });
  return lists.map((list) =>
    [...list.keys()]
      .sort((a, b) => list[b] - list[a] || a - b)
      .slice(0, count)
      .sort((a, b) => a - b),
  );
}

/** `count` different numbers below `of` for each layer, drawn at random, in order: [L][count].
 *  @example
 *  drawEach(2, 3, 3, new Generator(1)); // => [[0, 1, 2], [0, 1, 2]] */
export function drawEach(nLayer: number, of: number, count: number, rng: Generator): number[][] {
  checkIntegers("drawEach", { nLayer, of, count }, { from: 1 });
  checkGenerator("drawEach", rng);
  if (count > of) throw new RangeError(`drawEach: count ${count} must not exceed of ${of}`);
  const drawn = (): number[] => Array.from({ length: of }, () => rng.uniform());
  return largest(Array.from({ length: nLayer }, drawn), count);
}

/** Of each layer the fewest experts whose shares sum to `share` or more: those that matter for a text. [L][chosen]
 *  Source: ESFT, §3.2 */
export function relevantExperts(
  use: readonly ExpertUse[],
  share: number,
  by: "load" | "weight" = "weight",
): number[][] {
  checkNumbers("relevantExperts", { share }, { above: 0 });
  return layersOf(use).map((own) => {
    let sum = 0;
    return inOrder(ranked(own, by).filter((row) => (sum += row[by]) - row[by] < share - 1e-9));
  });
}

type Ranked = Pick<ExpertUse, "load" | "weight" | "output">;

const layersOf = (use: readonly ExpertUse[]): ExpertUse[][] =>
  [...new Set(use.map(({ layer }) => layer))].map((layer) => use.filter((row) => row.layer === layer));
const ranked = (own: readonly ExpertUse[], by: keyof Ranked): ExpertUse[] =>
  [...own].sort((a, b) => b[by] - a[by] || a.expert - b.expert);
const inOrder = (own: readonly ExpertUse[]): number[] => own.map(({ expert }) => expert).sort((a, b) => a - b);

/** Of each layer of a dense model, how much each hidden feature f writes on average: |hidden_f| · length of its column of `down`. [L][F] */
export function hiddenUse(model: Transformer, corpus: Corpus, options: UseOptions = {}): number[][] {
  checkModel("hiddenUse", model);
  if (model.config.nExpert > 0) throw new RangeError("hiddenUse needs a dense model, got one with experts");
  const sums: number[][] = [];
  let tokens = 0;
  eachLayer("hiddenUse", model, corpus, options, (layer, part, x) => {
    const { up, gate, down, activation } = part as FeedForward;
    const open: Tensor = up.forward(x);
    const hidden = read(gate ? gatedUnit({ activation }, gate.forward(x), open) : activationNamed(activation)(open));
    const [nModel, width] = down.weight.shape;
    const columns = read(down.weight);
    const lengths = Array.from({ length: width }, (_, f) =>
      lengthOf(Float32Array.from({ length: nModel }, (_, d) => columns[d * width + f])),
    );
    const own = (sums[layer] ??= new Array<number>(width).fill(0));
    hidden.forEach((value, i) => (own[i % width] += Math.abs(value) * lengths[i % width]));
    if (layer === 0) tokens += x.shape[0];
  });
  return sums.map((layer) => layer.map((sum) => sum / tokens));
}

const lengthOf = (row: ArrayLike<number>): number => Math.hypot(...Array.from(row));

/** Calls `look` with each feed-forward part and what enters it: x [N, D]. */
function eachLayer(
  operation: string,
  model: Transformer,
  corpus: Corpus,
  { split = "train", blocks = 16 }: UseOptions,
  look: (layer: number, part: unknown, x: Tensor) => void,
): void {
  checkIsCorpus(operation, corpus);
  checkIntegers(operation, { blocks }, { from: 1 });
  const run = (): void => {
    for (const { inputs } of corpus.blocks(split, 8, model.config.blockSize, blocks)) {
      let x = model.embed(inputs);
      for (const [layer, block] of model.blocks.entries()) {
        const mixed = block.attend(x);
        const normed: typeof mixed = block.norm2.forward(mixed);
        look(layer, block.feedForward, reshape(normed as Tensor, [-1, model.config.dModel]));
        x = block.onto(mixed, block.feedForward.forward(normed, {}));
      }
    }
  };
  evaluating(model, () => noGrad(run));
}
