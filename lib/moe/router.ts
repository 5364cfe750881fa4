/** The router: a linear classifier over the experts, trained with everything else. */

import { linear } from "../tensor/ops/matmul.js";
import { zeros } from "../tensor/create.js";
import { add } from "../tensor/ops/elementwise.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import { read, type Tensor } from "../tensor/tensor.js";
import { buffer, Module, parameter } from "../nn/module.js";
import { markLibraryForward } from "../nn/recycling.js";
import { balanceFactors, routerDefaults, routerShapes } from "../config/router/defaults.js";
import type { RouterConfig } from "../config/router/fields.js";
import { routerProblem } from "../config/router/problems.js";
import { jitter } from "./noise.js";
import { routed } from "./route.js";
import type { RouteContext, Routing } from "./routing.js";
import { cosineLogits } from "./scores.js";

export interface RouterOptions extends Partial<RouterConfig> {
  rng: Generator;
  /** Standard deviation of the first weights. Default 0.02: every expert starts about equally likely. */
  std?: number;
}

/** Scores every expert for every token, x [N, D] -> logits [N, E], and routes by its config. */
export class Router extends Module {
  static {
    markLibraryForward(this);
  }

  /** [E, D]; null where the selection looks at no logits. */
  readonly weight: Tensor | null;
  /** [E], with `routerBias`. */
  readonly bias: Tensor | null;
  /** [E, D] Wₙ of noise "learned". Zero at first: every expert gets noise of std softplus(0) = 0.69. */
  readonly noiseWeight: Tensor | null;
  /** [E] of balance.bias and balance.quantile: moves the choice, is not trained, and belongs to the state all the same. */
  readonly selectionBias: Tensor | null;
  readonly config: RouterConfig;
  /** E with the null experts: below, E is this number. */
  readonly nScored: number;
  readonly #rng: Generator;

  constructor(
    dModel: number,
    readonly nExpert: number,
    { rng, std = 0.02, ...input }: RouterOptions,
  ) {
    super();
    if (input.topK !== undefined && !(input.topK >= 1 && input.topK <= nExpert)) {
      throw new RangeError(`router: topK ${input.topK} must be from 1 to the number of experts, ${nExpert}`);
    }
    this.config = routerDefaults(input, nExpert);
    const problem = routerProblem(this.config, nExpert);
    if (problem) throw new RangeError(`router: ${problem}`);
    const own = streamOf("Router", rng);
    const { nSlot, nNullExpert } = this.config;
    this.nScored = nExpert + nNullExpert;
    const sizes = { E: this.nScored, D: dModel, "E·S": nExpert * nSlot };
    const { weight, bias, noiseWeight } = routerShapes(this.config, sizes);
    this.weight = weight && parameter(randn(weight, own.fork("weight"), { std }));
    this.bias = bias && parameter(zeros(bias), "bias");
    this.noiseWeight = noiseWeight && parameter(zeros(noiseWeight));
    const { bias: step, quantile } = balanceFactors(this.config.balance);
    this.selectionBias = (step ?? quantile) ? buffer(zeros([this.nScored])) : null;
    this.#rng = own.fork("draws");
  }

  /** x [N, D] -> Routing. In training only there is noise; everything else needs no mention of it. */
  forward(rows: Tensor, context: Omit<RouteContext, "rng" | "selectionBias"> = {}): Routing {
    const { noise, noiseScale } = this.config;
    const shaken = context.training && noise === "jitter" ? jitter(rows, noiseScale, this.#rng) : rows;
    return routed(this.logits(shaken), this.config, {
      ...context,
      rng: this.#rng,
      ...(this.noiseWeight && context.training ? { spread: linear(rows, this.noiseWeight as Matrix) } : {}),
      ...(this.selectionBias ? { selectionBias: read(this.selectionBias).slice() } : {}),
    });
  }

  /** [N, E], without noise. */
  logits(rows: Tensor): Tensor {
    if (!this.weight) return zeros([rows.shape[0], this.nScored]);
    const { score, temperature } = this.config;
    if (score !== "cosine") return linear(rows, this.weight as Matrix, this.bias as Tensor<[number]> | null);
    const cosines = cosineLogits(rows, this.weight, temperature);
    return this.bias ? add(cosines, this.bias) : cosines;
  }
}

type Matrix = Tensor<[number, number]>;
