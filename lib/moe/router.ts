/** The router: a linear classifier over the experts, trained with everything else. */

import { linear } from "../tensor/ops/matmul.js";
import { div } from "../tensor/ops/elementwise.js";
import { mean, sum } from "../tensor/ops/reduce.js";
import { topk } from "../tensor/ops/select.js";
import { softmax } from "../tensor/ops/softmax.js";
import { ShapeError, show } from "../tensor/check.js";
import { noGrad } from "../tensor/autograd.js";
import { type Generator, randn } from "../tensor/random.js";
import { read, type Tensor } from "../tensor/tensor.js";
import { Module, parameter } from "../nn/module.js";
import { shipsForward } from "../nn/ours.js";
import { type Assignment, loadOf, type Routing } from "./routing.js";

export interface TopKOptions {
  /** Experts per token. */
  topK: number;
  /** Divide the weights of the chosen experts by their sum, so that they add up to 1. Default true, as Mixtral.
   *  With topK 1 the weight would always be 1 and the router would learn nothing from it: use false there, as Switch does. */
  renormalise?: boolean;
}

/** Softmax over all experts, then the topK largest. logits [N, E] -> Routing.
 *  With `renormalise` the weights equal a softmax over the chosen logits alone: exp(zᵢ) / Σ exp(zⱼ) over the chosen.
 *  Source: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538; Jiang et al. 2024, §2.1, https://arxiv.org/abs/2401.04088 */
export function routeTopK(logits: Tensor, { topK, renormalise = true }: TopKOptions): Routing {
  if (logits.rank !== 2) throw new ShapeError(`routeTopK needs logits [N, E], got ${show(logits.shape)}`);
  const [nToken, nExpert] = logits.shape;
  const probs = softmax(logits, -1);
  const chosen = topk(probs, topK);
  const weights = renormalise ? div(chosen.values, sum(chosen.values, -1, { keepdim: true })) : chosen.values;
  const experts = Int32Array.from(read(chosen.indices));
  return {
    nToken,
    nExpert,
    topK,
    probs,
    weights,
    experts,
    load: loadOf(experts, nExpert),
    importance: Array.from(read(noGrad(() => mean(probs, 0)))),
    capacity: null,
    rowsExecuted: null,
    assignments: () => list(experts, weights, nExpert, topK),
  };
}

function list(experts: Int32Array, weights: Tensor, nExpert: number, topK: number): Assignment[] {
  const W = read(weights);
  const queue = new Array<number>(nExpert).fill(0);
  return Array.from(experts, (expert, i) => {
    const slot = i % topK;
    return {
      token: Math.floor(i / topK),
      expert,
      slot,
      weight: W[i],
      position: queue[expert]++,
      rank: slot,
      status: "kept" as const,
    };
  });
}

export interface RouterOptions extends TopKOptions {
  rng: Generator;
  /** Standard deviation of the first weights. Default 0.02: every expert starts about equally likely. */
  std?: number;
}

/** Scores every expert for every token: x [N, D] -> logits [N, E], no bias; then picks. */
export class TopKRouter extends Module {
  static {
    shipsForward(this);
  }

  readonly weight: Tensor;
  readonly options: TopKOptions;

  constructor(dModel: number, nExpert: number, { rng, std = 0.02, ...options }: RouterOptions) {
    super();
    if (!(options.topK >= 1 && options.topK <= nExpert)) {
      throw new RangeError(`router: topK ${options.topK} must be from 1 to the number of experts, ${nExpert}`);
    }
    this.weight = parameter(randn([nExpert, dModel], rng.fork("weight"), { std }));
    this.options = options;
  }

  forward(rows: Tensor): Routing {
    return routeTopK(linear(rows, this.weight as Tensor<[number, number]>), this.options);
  }
}
