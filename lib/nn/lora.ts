/** Fine-tuning a few numbers instead of all: a low-rank correction beside each chosen matrix. */

import { checkNumbers } from "../config/options.js";
import { noGrad } from "../tensor/autograd.js";
import { zeros } from "../tensor/create.js";
import { add, mul } from "../tensor/ops/elementwise.js";
import { linear, matmul } from "../tensor/ops/matmul.js";
import { type Generator, streamOf } from "../tensor/random.js";
import { overwrite, read, type Tensor } from "../tensor/tensor.js";
import { show, showAll } from "../text/show.js";
import * as init from "./init.js";
import { Linear } from "./linear.js";
import { checkModule, Module, parameter, pathsOf, type StateDict, tensorPaths } from "./module.js";
import { markLibraryForward } from "./recycling.js";

export interface LoraOptions {
  rng: Generator;
  /** r: inner size of the correction; r (In + Out) numbers are trained in place of In · Out. */
  rank: number;
  /** The correction is scaled by alpha / rank, so that a change of rank asks for no new learning rate. Default `rank`. */
  alpha?: number;
}

/** What is added to a `Linear`: (alpha / r) · x Aᵀ Bᵀ. x [..., In] -> [..., Out]; a [r, In], b [Out, r]. B starts at zero, so
 *  that the model starts as it was; A as `nn.Linear` of PyTorch, U(−1/√In, 1/√In).
 *  Source: Hu et al. 2021, §4.1, https://arxiv.org/abs/2106.09685
 *  @example
 *  const lora = new Lora(64, 32, { rng: new Generator(1), rank: 4 });
 *  lora.totalParameters(); // => 384
 *  lora.delta().shape; // => [32, 64] */
export class Lora extends Module {
  static {
    markLibraryForward(this);
  }

  readonly a: Tensor<readonly [number, number]>;
  readonly b: Tensor<readonly [number, number]>;
  readonly rank: number;
  readonly alpha: number;

  constructor(dIn: number, dOut: number, { rng, rank, alpha = rank }: LoraOptions) {
    super();
    if (!(Number.isInteger(rank) && rank >= 1))
      throw new RangeError(`lora: rank must be an integer from 1, got ${rank}`);
    checkNumbers("lora", { alpha });
    this.rank = rank;
    this.alpha = alpha;
    this.a = parameter(init.kaimingUniform(zeros([rank, dIn]), streamOf("Lora", rng), { gain: Math.sqrt(1 / 3) }));
    this.b = parameter(zeros([dOut, rank]));
  }

  forward(x: Tensor): Tensor {
    const inner: Tensor = linear<number[], number, number>(x as Tensor<number[]>, this.a);
    return mul(linear<number[], number, number>(inner as Tensor<number[]>, this.b), this.alpha / this.rank);
  }

  /** The same as one matrix [Out, In]: (alpha / r) · B A. */
  delta(): Tensor<[number, number]> {
    return mul(matmul(this.b, this.a), this.alpha / this.rank);
  }
}

/** Puts a `Lora` beside every `Linear` of the model that is called by one of `names` (`query`, or whole names of a path's end such as
 *  `0.attention.query`), and freezes all other parameters: their gradients are forgotten, and none arrive. A `Linear` that is used in
 *  several places gets one. Adapters that are there already stay trainable. Returns what it added, by path.
 *  Throws where a name fits no `Linear`, listing those that there are, and where one has an adapter already.
 *  @example
 *  const attention = new MultiHeadAttention(8, 2, { rng: new Generator(1), bias: false });
 *  applyLora(attention, ["query", "value"], { rng: new Generator(2), rank: 2 });
 *  attention.totalParameters(); // => 320
 *  attention.trainableParameters(); // => 64 */
export function applyLora(
  model: Module,
  names: readonly string[],
  { rng, ...options }: LoraOptions,
): Map<string, Lora> {
  checkModule("applyLora", model);
  if (!isList(names) || names.length === 0)
    throw new RangeError(`applyLora: needs the names of layers, such as ["query", "value"], got ${show(names)}`);
  const linears = [...pathsOf(model)].filter((entry): entry is [Linear, string[]] => entry[0] instanceof Linear);
  const fits = (paths: readonly string[], name: string): boolean =>
    paths.some((path) => path === name || path.endsWith(`.${name}`));
  for (const name of names) {
    if (linears.some(([, paths]) => fits(paths, name))) continue;
    const known = new Set(linears.flatMap(([, paths]) => paths.map((path) => path.split(".").at(-1)!)));
    throw new RangeError(
      `applyLora: no Linear of this model is called ${show(name)}; there are ${showAll([...known]) || "none"}`,
    );
  }
  const chosen = linears.filter(([, paths]) => names.some((name) => fits(paths, name)));
  const adapted = chosen.find(([layer]) => layer.adapter);
  if (adapted) throw new Error(`applyLora: ${adapted[1][0] || "the layer"} has an adapter already; mergeLora first`);
  const own = streamOf("applyLora", rng);
  const added = new Map(
    chosen.map(([layer, [path]]) => {
      const [dOut, dIn] = layer.weight.shape;
      return [path, new Lora(dIn, dOut, { rng: own.fork(path), ...options })];
    }),
  );
  const adapters = new Set(adaptersIn(model).flatMap(({ lora }) => lora.parameters()));
  for (const parameter of model.parameters()) if (!adapters.has(parameter)) parameter.requiresGrad = false;
  for (const [layer, [path]] of chosen) layer.adapter = added.get(path)!;
  return added;
}

const isList = (names: unknown): names is readonly string[] => Array.isArray(names);

/** Every `Linear` with a `Lora`. */
function adaptersIn(model: Module): { layer: Linear; lora: Lora }[] {
  return model
    .modules()
    .flatMap((layer) =>
      layer instanceof Linear && layer.adapter instanceof Lora ? [{ layer, lora: layer.adapter }] : [],
    );
}

/** Adds every `Lora` of the model to the weight that it corrects, W ← W + (alpha / r) · B A, and takes it away: the same
 *  outputs without its cost. The weights stay frozen. Returns how many were merged. Throws, with nothing changed, where such a weight
 *  is used by another part of the model too, whose outputs would change.
 *  @example
 *  const layer = new Linear(4, 4, { rng: new Generator(1) });
 *  applyLora(layer, [""], { rng: new Generator(2), rank: 2 });
 *  mergeLora(layer); // => 1 */
export function mergeLora(model: Module): number {
  checkModule("mergeLora", model);
  const adapted = adaptersIn(model);
  for (const { layer } of adapted) {
    const [first, other] = tensorPaths(model, layer.weight);
    if (other !== undefined)
      throw new Error(
        `mergeLora: ${first} and ${other} are one weight, and merging would change both; keep the adapter, or give one of them a copy first`,
      );
  }
  for (const { layer, lora } of adapted) {
    const sum = noGrad(() => add(layer.weight, lora.delta()));
    overwrite(layer.weight, "mergeLora").set(read(sum));
    layer.adapter = null;
  }
  return adapted.length;
}

/** The state of the adapters alone: what one fine-tuned copy for one user takes. `loadStateDict` with `{ strict: false }`
 *  puts it back.
 *  @example
 *  const layer = new Linear(4, 4, { rng: new Generator(1) });
 *  applyLora(layer, [""], { rng: new Generator(2), rank: 2 });
 *  Object.keys(loraState(layer)); // => ["adapter.a", "adapter.b"] */
export function loraState(model: Module): StateDict {
  checkModule("loraState", model);
  return Object.fromEntries(Object.entries(model.stateDict()).filter(([name]) => /(^|\.)adapter\.[ab]$/.test(name)));
}
