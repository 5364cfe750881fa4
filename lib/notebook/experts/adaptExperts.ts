/** Fine-tuning experts, or some of them, while everything else stays as it is. */

import { checkIntegers } from "../../config/options.js";
import { type Experts, type ExpertsAdapter, type ExpertTables } from "../../moe/experts.js";
import { MoE } from "../../moe/moe.js";
import * as init from "../../nn/init.js";
import { checkModule, Module, parameter } from "../../nn/module.js";
import { fromArray, zeros } from "../../tensor/create.js";
import { indexAdd } from "../../tensor/ops/indexing.js";
import { matmul } from "../../tensor/ops/matmul.js";
import { type Generator, streamOf } from "../../tensor/random.js";
import type { Tensor } from "../../tensor/tensor.js";
import { show } from "../../text/show.js";

export interface AdaptExpertsOptions {
  rng: Generator;
  /** r of a low-rank correction B A of each matrix (LoRA); null: the whole matrix is trained. */
  rank: number | null;
}

const TABLES = ["up", "gate", "down"] as const;
type Table = (typeof TABLES)[number];

/** What is added to the weights of some experts of a layer: a matrix for each, whole, or B A of rank r. It starts at zero. C experts are
 *  chosen; of a table [E, Out, In] it has [C, Out, In], or A [C, r, In] and B [C, Out, r]. */
class ChosenExperts extends Module implements ExpertsAdapter {
  /** By table: [whole], or [A, B]. Not #private: the module finds its parameters here. */
  readonly up: readonly Tensor[];
  readonly gate: readonly Tensor[];
  readonly down: readonly Tensor[];

  constructor(
    readonly chosen: readonly number[],
    tables: ExpertTables,
    { rng, rank }: AdaptExpertsOptions,
  ) {
    super();
    const added = (name: Table): readonly Tensor[] => {
      const table = tables[name];
      if (!table) return [];
      const [, dOut, dIn] = table.shape;
      if (rank === null) return [parameter(zeros([chosen.length, dOut, dIn]))];
      const high = 1 / Math.sqrt(dIn); // as `Lora`
      const first = init.uniform(zeros([chosen.length, rank, dIn]), streamOf(name, rng), { low: -high, high });
      return [parameter(first), parameter(zeros([chosen.length, dOut, rank]))];
    };
    [this.up, this.gate, this.down] = TABLES.map(added);
  }

  onto(tables: ExpertTables): ExpertTables {
    const index = fromArray(this.chosen, [this.chosen.length], "int32");
    const changed = (name: Table): Tensor | null => {
      const [first, second] = this[name];
      const own = tables[name];
      if (!own) return null;
      return indexAdd(own, 0, index, second ? (matmul(second, first) as Tensor) : first);
    };
    return { up: changed("up")!, gate: changed("gate"), down: changed("down")! };
  }
}

/** Makes some experts of each layer trainable and freezes all else: the other experts, routers, attention, embeddings. Returns how many
 *  numbers are trained. With rank null and the experts that matter for a text, this is ESFT; with a rank, LoRA on experts.
 *  @param chosen [L][any] which experts, for each layer with a mixture, in order; an empty list where none is
 *  Sources: Wang et al. 2024 (ESFT), https://arxiv.org/abs/2407.01906; Hu et al. 2021 (LoRA), §4.1, https://arxiv.org/abs/2106.09685
 *  @example
 *  const model = transformer({ vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, dModel: 8, dExpert: 4, nExpert: 4, topK: 2 });
 *  adaptExperts(model, [[1, 3]], { rank: 1, rng: new Generator(1) }); // => 48 */
export function adaptExperts(
  model: Module,
  chosen: readonly (readonly number[])[],
  { rank, rng }: AdaptExpertsOptions,
): number {
  checkModule("adaptExperts", model);
  if (rank !== null) checkIntegers("adaptExperts", { rank }, { from: 1 });
  const layers = model.modules().flatMap((part): Experts[] => (part instanceof MoE ? [part.experts] : []));
  const given: unknown = chosen;
  if (!Array.isArray(given) || given.length !== layers.length)
    throw new RangeError(
      `adaptExperts: the model has ${layers.length} layers of experts and needs as many lists, got ${show(chosen)}`,
    );
  layers.forEach((experts, layer) => {
    const own = chosen[layer];
    checkIntegers("adaptExperts", Object.fromEntries(own.map((e, i) => [`chosen[${layer}][${i}]`, e])), {
      ...{ from: 0, below: experts.nExpert },
    });
    if (new Set(own).size < own.length)
      throw new RangeError(`adaptExperts: layer ${layer} names an expert twice, got ${own.join(", ")}`);
    if (experts.adapter) throw new Error(`adaptExperts: the experts of layer ${layer} have an adapter already`);
  });
  for (const frozen of model.parameters()) frozen.requiresGrad = false;
  const own = streamOf("adaptExperts", rng);
  layers.forEach((experts, layer) => {
    if (chosen[layer].length > 0)
      experts.adapter = new ChosenExperts(chosen[layer], experts, { rank, rng: own.fork(String(layer)) });
  });
  return model.trainableParameters();
}
